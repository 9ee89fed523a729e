import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mfaMigrations } from '../../src/index.js';
import { compileSources } from '../support/compiled-sources.js';

const CLI = createRequire(import.meta.url).resolve('typeorm/cli.js');

const DATA_SOURCE = `
import { DataSource } from 'typeorm';
import { MFA_ENTITIES, MfaAuditEvent, MultiFactorAuth } from './src/index.js';

export default new DataSource({
  type: 'better-sqlite3',
  database: 'app.db',
  entities: [MultiFactorAuth, ...MFA_ENTITIES, MfaAuditEvent],
  migrations: ['migrations/*.js'],
});`;

const MIGRATIONS = `
import { mfaMigrations } from '../src/index.js';

export const mfa = mfaMigrations();`;

describe("TypeORM's command line", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await compileSources();
    await writeFile(join(folder, 'data-source.js'), DATA_SOURCE);
    await mkdir(join(folder, 'migrations'));
    await writeFile(join(folder, 'migrations', 'mfa.js'), MIGRATIONS);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const typeorm = async (command: string, ...more: string[]): Promise<string> => {
    const args = [CLI, command, ...more, '-d', 'data-source.js'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    return stdout;
  };

  it('runs and reverts the migrations, and then finds nothing to generate', async () => {
    const [last] = mfaMigrations().slice(-1);
    const { name } = new last!();
    expect(await typeorm('migration:run')).toContain(`${name} has been executed successfully`);
    expect(await typeorm('migration:show')).toMatch(/\[X\] 9 MfaKeptSession\d+/);
    await expect(typeorm('migration:generate', 'migrations/drift', '--check')).resolves.toContain('No changes');
    expect(await typeorm('migration:revert')).toContain(`${name} has been reverted successfully`);
    await expect(typeorm('migration:generate', 'migrations/drift', '--check')).rejects.toMatchObject({
      stdout: expect.stringContaining('kept_session') as string,
    });
  });
});
