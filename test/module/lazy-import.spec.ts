import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSources } from '../support/compiled-sources.js';

describe('what an import of the package costs', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await compileSources();
  });
  afterAll(() => rm(folder, { recursive: true }));

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
