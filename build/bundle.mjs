// Puts the compiled modules into one file: `npm run build` runs it after `nest build`. Node takes about a millisecond to find, read and
// link each module, and an application pays that at every start. The types stay as the compiler wrote them.
//
// The code is CommonJS, and `import` gets the same code through a file that only names its exports. So an application that uses both
// has one copy of each class, and Nest finds each provider by its class. Jest takes no ES modules without flags.
import { createRequire } from 'node:module';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';

const DIST = join(import.meta.dirname, '..', 'dist');

/** Packages that need ES modules, which Jest could not load, and the compiler's helpers. They are a part of the bundle. */
const BUNDLED = /^(otplib|@otplib\/.*|@noble\/.*|@scure\/.*|tslib)$/;

const isOwn = (id) => id.startsWith('.') || id.startsWith('/');

/** What `nestjs-mfa/testing` uses besides the exports. package.json lets nobody else import it. */
const INTERNAL = {
  checkEntities: './store/tables.js',
  checkEntity: './store/tables.js',
  isUniqueViolation: './store/database-errors.js',
  KeyedHash: './crypto/keyed-hash.js',
  KeyRing: './crypto/key-ring.js',
  metadataOf: './challenge/challenge-registry.js',
  MultiFactorAuthStore: './store/multi-factor-auth.store.js',
  noteSignedIn: './session/signed-in-request.js',
  RateLimits: './limits/rate-limits.js',
  requestOf: './http/http-context.js',
  Rows: './store/rows.js',
};

/** Says whether a module is in `all.js`, and not the tests' own. Randomness has no state, no class and no export: there may be two. */
function isShared(id, importer = DIST) {
  if (!isOwn(id)) return false;
  const path = relative(DIST, id.startsWith('.') ? join(dirname(importer), id) : id);
  return !/^testing[/.]|^crypto\/randomness\.js$/.test(path);
}

// One letter beyond Latin-1, and Node keeps the whole text of a file with two bytes for each of its letters.
function ascii(code) {
  if (/String\.raw|\\[^\0-\x7f]/.test(code))
    throw new Error('A letter beyond ASCII would change its meaning when it is escaped.');
  return code.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The folder of the package that a module belongs to, if it is not the repository's own. */
function packageOf(id) {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0];
}

async function licenceOf(folder) {
  const file = (await readdir(folder)).find((name) => /^licen[cs]e(\.\w+)?$/i.test(name));
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return `${name} ${version}\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
}

async function bundled(input, options, external) {
  const bundle = await rolldown({ input: join(DIST, input), external, platform: 'node' });
  // Comments are in the types and the source maps. Node would keep them in memory.
  const output = {
    sourcemap: true,
    comments: { legal: true, annotation: false, jsdoc: false },
    chunkFileNames: 'chunks/[name].js',
    ...options,
  };
  const files = (await bundle.generate(output)).output;
  return files.map((file) => ('code' in file ? { ...file, code: ascii(file.code) } : file));
}

const compiled = (await readdir(DIST, { recursive: true })).filter((name) => /\.js(\.map)?$/.test(name));
const internal = Object.entries(INTERNAL).map(([name, file]) => `export { ${name} } from '${file}';\n`);
await writeFile(join(DIST, 'all.js'), `export * from './index.js';\n${internal.join('')}`);
const all = await bundled(
  'all.js',
  // Nest names providers in its errors by their class. Jest has no `import()` in CommonJS.
  {
    format: 'cjs',
    keepNames: true,
    dynamicImportInCjs: false,
    entryFileNames: 'all.js',
    // What is loaded later shares modules with the rest. They are one file, or there would be one for each pair that shares.
    codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
  },
  (id) => !isOwn(id) && !BUNDLED.test(id),
);
// A test works with the classes of the application under test.
const testing = await bundled(
  'testing.js',
  {
    format: 'cjs',
    keepNames: true,
    dynamicImportInCjs: false,
    entryFileNames: 'testing.js',
    paths: (id) => (isOwn(id) ? './all.js' : id),
  },
  (id, importer) => !isOwn(id) || isShared(id, importer),
);
// Pages load it as it is, and it has no class of which there could be two.
const client = await Promise.all(
  Object.entries({ esm: 'mjs', cjs: 'js' }).map(([format, ending]) =>
    bundled('client.js', { format, entryFileNames: `client.${ending}`, minify: true, sourcemap: false }, () => false),
  ),
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

// The bundle holds copies of other packages, whose licences want their texts beside them.
const copied = new Set(all.flatMap(({ moduleIds = [] }) => moduleIds).flatMap((id) => packageOf(id) ?? []));
const licences = await Promise.all([...copied].toSorted().map(licenceOf));
await writeFile(join(DIST, 'THIRD-PARTY-LICENSES.txt'), licences.join('\n\n'));

// Nobody imports its types, which are those of the compiler.
await Promise.all(
  (await readdir(join(DIST, 'schematics')))
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => rm(join(DIST, 'schematics', name))),
);

// Read before the modules are removed, and written after.
await Promise.all(compiled.map((name) => rm(join(DIST, name))));
for (const file of [...all, ...testing, ...client.flat(), ...cli, ...schematic]) {
  const path = join(DIST, file.fileName);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'code' in file ? file.code : file.source);
}

await writeFile(join(DIST, 'package.json'), '{ "type": "commonjs" }\n');
// Node searches the text of CommonJS that is imported for the names of its exports. In the whole bundle, that takes longer than to run it.
const require = createRequire(import.meta.url);
const namesOf = (file) => Object.keys(require(join(DIST, file)));
const lines = (names, line) => names.map((name) => `${line(name)}\n`).join('');
const exported = namesOf('all.js').filter((name) => !(name in INTERNAL));
const index = lines(exported, (name) => `exports.${name} = all.${name};`);
await writeFile(join(DIST, 'index.js'), `const all = require('./all.js');\n${index}`);
for (const entry of ['index', 'testing']) {
  const names = lines(namesOf(`${entry}.js`), (name) => `  ${name},`);
  await writeFile(join(DIST, `${entry}.mjs`), `export {\n${names}} from './${entry}.js';\n`);
}
for (const entry of ['index', 'client', 'testing'])
  await writeFile(join(DIST, `${entry}.d.mts`), `export * from './${entry}.js';\n`);
