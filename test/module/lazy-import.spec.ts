import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSources } from '../support/compiled-sources.js';

/** A hook that notes in a file what each import is resolved to. */
const RESOLVE = `
  import { appendFileSync } from 'node:fs';
  let file;
  export function initialize(given) {
    file = given;
  }
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    appendFileSync(file, resolved.url + '\\n');
    return resolved;
  }`;

describe('what an import of the package costs', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await compileSources();
  });
  afterAll(() => rm(folder, { recursive: true }));

  const known = new Map<string, Promise<string[]>>();

  function filesOf(...imports: string[]): Promise<string[]> {
    const key = imports.join();
    const files = known.get(key) ?? readFiles(imports);
    known.set(key, files);
    return files;
  }

  /** The files that Node has loaded after these imports: by `require()` those in its cache, by `import` those it resolved. */
  async function readFiles(imports: readonly string[]): Promise<string[]> {
    const resolved = join(folder, `resolved-${known.size}.txt`);
    const program = `
      import { createRequire, register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(RESOLVE)}), {
        data: ${JSON.stringify(resolved)},
      });
      ${imports.map((path) => `await import(${JSON.stringify(path)});`).join('\n')}
      const { cache } = createRequire(import.meta.url);
      process.stdout.write(Object.keys(cache).join('\\n'));`;
    const main = join(folder, `main-${known.size}.js`);
    await writeFile(main, program);
    const { stdout } = await promisify(execFile)(process.execPath, [main], { maxBuffer: 10 ** 7 });
    return [...stdout.split('\n'), ...(await readFile(resolved, 'utf8')).split('\n')];
  }

  async function packagesOf(...imports: string[]): Promise<string[]> {
    const files = await filesOf(...imports);
    const names = files.map((file) => /.*node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(file)?.[1]);
    return [...new Set(names.filter((name) => name !== undefined))];
  }

  it.each(['twilio', 'nodemailer'])('does not load %s, which nobody needs before the first message', async (name) => {
    expect(await packagesOf('./src/index.js')).not.toContain(name);
    // That it would be seen if it were loaded:
    expect(await packagesOf('./src/index.js', name)).toContain(name);
  });

  it.each(['otplib', '@node-oauth/oauth2-server', '@simplewebauthn/server', 'qrcode'])(
    'does not load %s, which only some applications use',
    async (name) => {
      expect(await packagesOf('./src/index.js')).not.toContain(name);
      expect(await packagesOf('./src/index.js', name)).toContain(name);
    },
  );

  it('does not load what describes the routes, which few processes do', async () => {
    const described = async (...imports: string[]) =>
      (await filesOf(...imports)).filter((file) => file.includes('/openapi/extended-document'));
    expect(await described('./src/index.js')).toEqual([]);
    expect(await described('./src/index.js', './src/openapi/extended-document.js')).not.toEqual([]);
  });

  it('loads no adapter of a server and no driver of a database', async () => {
    const loaded = await packagesOf('./src/index.js');
    const heavy = ['express', 'fastify', 'better-sqlite3', 'mysql2', 'pg'];
    expect(heavy.filter((name) => loaded.includes(name))).toEqual([]);
  });
});
