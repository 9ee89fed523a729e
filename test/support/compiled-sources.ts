import { cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Compiles `src/`, and other files of the repository, into a folder of their own, for a process that runs without vitest,
 * and gives that folder.
 */
export async function compileSources(...others: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-mfa-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const { config } = ts.parseConfigFileTextToJson(
    'tsconfig.json',
    await readFile(join(ROOT, 'tsconfig.json'), 'utf8'),
  ) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, module: 'es2022' }, ROOT);
  const sources = (await readdir(join(ROOT, 'src'), { recursive: true })).map((file) => join('src', file));
  const files = [...sources.filter((file) => file.endsWith('.ts')), ...others];
  await Promise.all(files.map((file) => compile(file, folder, options)));
  return folder;
}

/** Gives the files of a folder a real copy of a package, beside the one that all others share. */
export async function copyPackage(name: string, folder: string): Promise<void> {
  const copy = join(folder, 'node_modules', name);
  await cp(join(ROOT, 'node_modules', name), copy, { recursive: true, filter: (path) => !path.endsWith('.map') });
}

async function compile(file: string, folder: string, compilerOptions: ts.CompilerOptions): Promise<void> {
  const source = await readFile(join(ROOT, file), 'utf8');
  const { outputText } = ts.transpileModule(source, { compilerOptions, fileName: join(folder, file) });
  const target = join(folder, file.replace(/ts$/, 'js'));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, outputText);
}
