import { DataSource } from 'typeorm';
import { type MfaEvent, MultiFactorAuthService } from '../../src/index.js';
import { type DatabaseKind, makeDatabase } from '../support/databases.js';
import { Outbox } from '../support/outbox.js';
import { accountsApplication, addAccounts, Notices, PasswordChange } from './accounts-app.js';
import { start, type StartedApplication } from './start.js';

/** The application with accounts, on a database of its own, and what a test asks it. */
export interface StartedAccounts extends StartedApplication {
  outbox: Outbox;
  source: DataSource;
  mfa: MultiFactorAuthService;
  passwords: PasswordChange;
  /** What its listener heard, other than of logins. */
  heard: () => MfaEvent[];
  opens: (token: string) => Promise<boolean>;
  /** The status of a login. */
  login: (username: string, password: string) => Promise<number>;
}

/** What a test throws to have a transaction rolled back. */
export class Undone extends Error {}

export async function startAccounts(kind: DatabaseKind, poolSize: number): Promise<StartedAccounts> {
  const database = await makeDatabase(kind, 'accounts');
  const outbox = new Outbox();
  const options = { ...database.options, poolSize } as typeof database.options;
  const started = await start(accountsApplication(options, outbox));
  const { app, client } = started;
  const source = app.get(DataSource);
  await addAccounts(source);
  const notices = app.get(Notices, { strict: false });
  return {
    ...started,
    outbox,
    source,
    mfa: app.get(MultiFactorAuthService, { strict: false }),
    passwords: app.get(PasswordChange),
    heard: () => notices.heard.filter(({ type }) => type !== 'signed_in' && type !== 'password_refused'),
    opens: async (token) => (await client.get('/mfa/', { token })).status === 200,
    login: async (username, password) => (await client.login(username, { password })).status,
    close: async () => {
      await started.close();
      await database.drop();
    },
  };
}
