// Puts the compiled modules into one file for each entry: `npm run build` runs it after `nest build`. Node takes about a millisecond to
// find, read and link each module, and an application pays that at every start. The types stay as the compiler wrote them.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

const DIST = join(import.meta.dirname, '..', 'dist');

const compiled = (await readdir(DIST, { recursive: true })).filter((name) => /\.js(\.map)?$/.test(name));
const bundle = await rolldown({
  input: { index: join(DIST, 'index.js'), cli: join(DIST, 'cli.js') },
  external: (id) => !id.startsWith('.') && !id.startsWith('/'),
  platform: 'node',
});
// Read before the modules are removed, and written after.
const { output } = await bundle.generate({
  format: 'esm',
  // Nest names providers in its errors by their class.
  keepNames: true,
  sourcemap: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name].js',
});
await Promise.all(compiled.map((name) => rm(join(DIST, name))));
for (const file of output) {
  const path = join(DIST, file.fileName);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'code' in file ? file.code : file.source);
}
