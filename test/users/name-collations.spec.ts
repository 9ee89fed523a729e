import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { describeOnEach } from '../support/databases.js';
import { addressIn, BEHIND_PROXY, from, sent } from '../support/guesses.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';

/** Names that a Unicode collation, the default of MariaDB from 11.6 and of MySQL 8, finds alike. */
const VARIANTS: [string, string][] = [
  ['bob2', 'bob\u00012'],
  ['bob2', 'bob2\u0001\u0001'],
  ['bob2', 'bob2\u007f'],
  ['bob2', 'bob2\u0080'],
  ['bob2', 'bob٢'],
  ['bob2', 'bob२'],
  ['bob2', 'bøb2'],
  ['strasse', 'straße'],
  ['lodz', 'łodz'],
  ['dora', 'đora'],
  ['σας', 'σασ'],
];

await describeOnEach('names in a Unicode collation', ['mariadb'], () => {
  let connection: Awaited<ReturnType<typeof createConnection>>;
  let booted: BootedApp;
  let login: LoginRoute;
  beforeAll(async () => {
    const uri = process.env['MFA_TEST_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306';
    connection = await createConnection({ uri, charset: 'utf8mb4' });
  });
  afterAll(() => connection.end());
  beforeEach(async () => {
    booted = await bootApp(BEHIND_PROXY);
    login = await loginRoute(booted, 'authtoken');
    const { users } = booted;
    const sql = 'SELECT ? COLLATE utf8mb4_uca1400_ai_ci = ? COLLATE utf8mb4_uca1400_ai_ci AS same';
    users.findByUsername = async (username) => {
      for (const user of users.all) {
        const [rows] = await connection.query(sql, [user.username, username]);
        if ((rows as { same: number }[])[0]!.same === 1) return { ...user };
      }
      return null;
    };
  });
  afterEach(() => booted.close());

  it.each(VARIANTS)('[I-13] guesses at %j count for %j too', async (username, variant) => {
    booted.users.add(username);
    const ask = (name: string, password: string) => sent(booted, from(addressIn(1), login.request(name, { password })));
    // It is the same account.
    expect((await ask(variant, `${username}-password`)).status).toBe(200);
    for (let index = 0; index < 10; index++) expect((await ask(username, 'wrong')).status).toBe(400);
    expect((await ask(variant, 'wrong')).status).toBe(429);
  });
});
