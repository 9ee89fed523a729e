import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { compilerOptions } = ts.parseConfigFileTextToJson(
  'tsconfig.json',
  await readFile(join(ROOT, 'tsconfig.json'), 'utf8'),
).config as { compilerOptions: object };

describe('what an import of the package costs', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestjs-mfa-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const files = await readdir(join(ROOT, 'src'), { recursive: true });
    await Promise.all(files.filter((file) => /(?<!\.spec)\.ts$/.test(file)).map((file) => compile(file)));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function compile(file: string): Promise<void> {
    const source = await readFile(join(ROOT, 'src', file), 'utf8');
    const { options } = ts.convertCompilerOptionsFromJson({ ...compilerOptions, module: 'es2022' }, ROOT);
    const { outputText } = ts.transpileModule(source, { compilerOptions: options, fileName: join(folder, file) });
    const target = join(folder, 'src', file.replace(/ts$/, 'js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, outputText);
  }

  /** The packages of which Node has loaded a file after these imports. */
  async function packagesOf(...imports: string[]): Promise<string[]> {
    const program = `
      import { createRequire } from 'node:module';
      ${imports.map((path) => `await import(${JSON.stringify(path)});`).join('\n')}
      const { cache } = createRequire(import.meta.url);
      process.stdout.write(JSON.stringify(Object.keys(cache)));`;
    const main = join(folder, 'main.js');
    await writeFile(main, program);
    const { stdout } = await promisify(execFile)(process.execPath, [main], { maxBuffer: 10 ** 7 });
    const names = (JSON.parse(stdout) as string[]).map((file) => /.*node_modules[/\\]([^/\\]+)/.exec(file)?.[1]);
    return [...new Set(names.filter((name) => name !== undefined))];
  }

  it('does not load Twilio, which nobody needs before the first message', async () => {
    expect(await packagesOf('./src/index.js')).not.toContain('twilio');
    // That it would be seen if it were loaded:
    expect(await packagesOf('./src/index.js', 'twilio')).toContain('twilio');
  });

  it('loads no adapter of a server and no driver of a database', async () => {
    const loaded = await packagesOf('./src/index.js');
    const heavy = ['express', 'fastify', 'better-sqlite3', 'mysql2', 'pg'];
    expect(heavy.filter((name) => loaded.includes(name))).toEqual([]);
  });
});
