import { cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';

/** By its name, other files find the package that was compiled with them. */
const EXPORTS = { '.': './src/index.js', './client': './src/client.js', './testing': './src/testing.js' };
const PACKAGE = { name: 'nestjs-mfa', type: 'module', exports: EXPORTS };

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Compiles `src/`, and other files of the repository, into a folder of their own, for a process that runs without vitest,
 * and gives that folder.
 */
export async function compileSources(...others: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-mfa-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  await writeFile(join(folder, 'package.json'), JSON.stringify(PACKAGE));
  const files = (await readdir(join(ROOT, 'src'), { recursive: true })).map((file) => join('src', file));
  for (const file of [...files.filter((name) => name.endsWith('.ts')), ...others]) {
    await compileText(folder, file, await readFile(join(ROOT, file), 'utf8'));
  }
  return folder;
}

/** What no process runs: source maps, types, and TypeORM for browsers. */
const NOT_RUN = /\.map$|\.d\.[cm]?ts$|\/typeorm\/browser$/;

/** Gives the files of a folder a real copy of a package, beside the one that all others share. */
export async function copyPackage(name: string, folder: string): Promise<void> {
  const copy = join(folder, 'node_modules', name);
  await cp(join(ROOT, 'node_modules', name), copy, { recursive: true, filter: (path) => !NOT_RUN.test(path) });
}

/** Compiles one file more into such a folder. */
export async function compileText(folder: string, file: string, text: string): Promise<void> {
  const target = join(folder, file.replace(/ts$/, 'js'));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, await compiled(file, text));
}

/**
 * The settings of tsconfig.json that matter, also for files that it does not include. The output imports its decorators from
 * `@oxc-project/runtime`.
 */
const SETTINGS: Parameters<typeof transformWithOxc>[2] = {
  target: 'es2022',
  decorator: { legacy: true, emitDecoratorMetadata: true },
  typescript: { onlyRemoveTypeImports: true },
};

/** What was compiled before, by file and text: many tests of a worker need the same sources. */
const outputs = new Map<string, string>();

async function compiled(file: string, text: string): Promise<string> {
  const key = JSON.stringify([file, text]);
  const output = outputs.get(key) ?? (await transformWithOxc(text, join(ROOT, file), SETTINGS)).code;
  outputs.set(key, output);
  return output;
}
