import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DataSourceOptions } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compileSources, compileText } from '../support/compiled-sources.js';
import { DATABASE_KINDS, describeOnEach, makeDatabase, type TestDatabase } from '../support/databases.js';
import { examplesOf, readPages } from '../support/pages.js';

const [COMPOSED, DECOMPOSED] = ['josé', 'josé'].map((name, index) => name.normalize(index === 0 ? 'NFC' : 'NFD'));
/** The same in full-width capitals. */
const WIDE = 'ＪＯＳÉ';

/** Signs names up and in, in a process of its own, and prints the statuses. */
const SCRIPT = `
import { NestFactory } from '@nestjs/core';
const [path, ...names] = process.argv.slice(2);
const { AppModule } = await import(path + '/app.module.js');
const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const post = async (route, body) => (await fetch((await app.getUrl()) + route, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})).status;
// The guide and the sample have different routes for it.
const signUp = async (username, password) => {
  const status = await post('/signup', { username, password });
  return status === 404 ? post('/users', { username, password }) : status;
};
const passwords = names.map((name) => name + '-pâsswörd');
const signedUp = [];
for (const [index, name] of names.entries()) signedUp.push(await signUp(name, passwords[index]));
const signedIn = [];
for (const name of names) {
  for (const form of ['NFC', 'NFD']) {
    const password = passwords[0].normalize(form);
    signedIn.push(await post('/mfa/authtoken/login/', { username: name, password }));
  }
}
const wrong = await post('/mfa/authtoken/login/', { username: names[0], password: passwords[0] + '!' });
console.log(JSON.stringify({ signedUp, signedIn, wrong }));
await app.close();
`;

const GUIDE = 'docs/getting-started.md';
let folder: string;

beforeAll(async () => {
  const sample = readdirSync('sample-app', { recursive: true, encoding: 'utf8' });
  folder = await compileSources(
    ...sample.filter((file) => /^(?!(?:dist|data)\/).*\.ts$/.test(file)).map((file) => join('sample-app', file)),
  );
  const pages = readPages();
  for (const { file, code } of examplesOf(
    pages.find(({ path }) => path === GUIDE)!,
    pages,
  )) {
    const name = file.split('.examples-getting-started/')[1]!;
    await compileText(folder, join('guide', name), code);
  }
  // The sample reads the files of its page at the start.
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'names.js'), SCRIPT);
});
afterAll(() => rm(folder, { recursive: true }));

async function signUpAndIn(application: string, names: readonly string[], env: NodeJS.ProcessEnv): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['names.js', `./${application}`, ...names], {
    cwd: folder,
    env: { PATH: process.env['PATH'], MFA_KEY: 'hy05gCzbbBQa4hk7Z7saRzAI434V9LDCSaY1pAovNzQ=', ...env },
  });
  return JSON.parse(stdout);
}

function urlOf(options: DataSourceOptions): string | undefined {
  if (options.type !== 'postgres' && options.type !== 'mariadb') return undefined;
  const { host, port, username, password, database } = options;
  const scheme = options.type === 'postgres' ? 'postgres' : 'mysql';
  const secret = typeof password === 'string' && password !== '' ? `:${encodeURIComponent(password)}` : '';
  return `${scheme}://${encodeURIComponent(username!)}${secret}@${host}:${port ?? ''}/${database}`;
}

/** One account, whichever spelling came first, and both open it. */
const ONE_ACCOUNT = { signedUp: [201, 409, 409], signedIn: [200, 200, 200, 200, 200, 200], wrong: 400 };

const ORDERS = [
  ['composed first', [COMPOSED!, DECOMPOSED!, WIDE]],
  ['decomposed first', [DECOMPOSED!, WIDE, COMPOSED!]],
] as const;

await describeOnEach('the sample application', DATABASE_KINDS, (kind) => {
  let database: TestDatabase;
  afterEach(() => database.drop());

  it.each(ORDERS)('has one account for all spellings of a name and a password, %s [F-23]', async (_, names) => {
    database = await makeDatabase(kind, 'names');
    const DATABASE_URL = urlOf(database.options);
    const DATA_DIR = join(folder, `data-${kind}-${names[0].length}`);
    expect(await signUpAndIn('sample-app', names, { DATA_DIR, ...(DATABASE_URL && { DATABASE_URL }) })).toEqual(
      ONE_ACCOUNT,
    );
  });
});

describe('the application of docs/getting-started.md', () => {
  it.each(ORDERS)('has one account for all spellings of a name and a password, %s [F-23]', async (_, names) => {
    const DATABASE_FILE = join(folder, `guide-${names[0].length}.sqlite`);
    expect(await signUpAndIn('guide', names, { DATABASE_FILE })).toEqual(ONE_ACCOUNT);
  });
});
