// Puts the compiled modules into one file: `npm run build` runs it after `nest build`. Node takes about a millisecond to find, read and
// link each module, and an application pays that at every start. The types stay as the compiler wrote them.
//
// The code is CommonJS, and `import` gets the same code through a file that only names its exports. So an application that uses both
// has one copy of each class, and Nest finds each provider by its class. Jest takes no ES modules without flags.
import { createRequire } from 'node:module';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

const DIST = join(import.meta.dirname, '..', 'dist');

/** Packages that need ES modules. They are a part of the bundle, because Jest could not load them. */
const BUNDLED = /^(otplib|@otplib\/.*|@noble\/.*|@scure\/.*)$/;

const isOwn = (id) => id.startsWith('.') || id.startsWith('/');

async function bundled(input, options, external) {
  const bundle = await rolldown({ input: join(DIST, input), external, platform: 'node' });
  const output = { sourcemap: true, chunkFileNames: 'chunks/[name].js', ...options };
  return (await bundle.generate(output)).output;
}

const compiled = (await readdir(DIST, { recursive: true })).filter((name) => /\.js(\.map)?$/.test(name));
const all = await bundled(
  'index.js',
  // Nest names providers in its errors by their class. Jest has no `import()` in CommonJS.
  { format: 'cjs', keepNames: true, dynamicImportInCjs: false, entryFileNames: 'all.js' },
  (id) => !isOwn(id) && !BUNDLED.test(id),
);
// The command works with the classes of the application that it starts.
const cli = await bundled(
  'cli.js',
  { format: 'esm', entryFileNames: 'cli.mjs', paths: (id) => (isOwn(id) ? './index.mjs' : id) },
  () => true,
);
// `nest add` requires the schematic in the process of the Nest CLI, without the module.
const schematic = await bundled(
  'schematics/nest-add.js',
  { format: 'cjs', entryFileNames: 'schematics/nest-add.js' },
  (id) => !isOwn(id),
);

// Nobody imports its types, which are those of the compiler.
await Promise.all(
  (await readdir(join(DIST, 'schematics')))
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => rm(join(DIST, 'schematics', name))),
);

// Read before the modules are removed, and written after.
await Promise.all(compiled.map((name) => rm(join(DIST, name))));
for (const file of [...all, ...cli, ...schematic]) {
  const path = join(DIST, file.fileName);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'code' in file ? file.code : file.source);
}

await writeFile(join(DIST, 'package.json'), '{ "type": "commonjs" }\n');
// Node searches the text of CommonJS that is imported for the names of its exports. In the whole bundle, that takes longer than to run it.
const names = Object.keys(createRequire(import.meta.url)(join(DIST, 'all.js')));
const lines = (line) => names.map((name) => `${line(name)}\n`).join('');
await writeFile(
  join(DIST, 'index.js'),
  `const all = require('./all.js');\n${lines((name) => `exports.${name} = all.${name};`)}`,
);
await writeFile(join(DIST, 'index.mjs'), `export {\n${lines((name) => `  ${name},`)}} from './index.js';\n`);
await writeFile(join(DIST, 'index.d.mts'), "export * from './index.js';\n");
