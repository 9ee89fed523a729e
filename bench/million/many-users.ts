import { ChallengeRegistry } from '../../src/challenge/challenge-registry.js';
import { Cipher } from '../../src/crypto/cipher.js';
import { Clock, codeFor, generateKey, type SmsState } from '../../src/index.js';
import { AnyUsers, AnyUsersModule } from '../../test/processes/any-users.js';
import { bootApp, type BootedApp } from '../../test/support/boot-app.js';
import { makeMigrated } from '../../test/support/databases.js';

const PHONE = '14085551234';

/** Users at the time of the last ANALYZE. */
const ANALYZED = 1000;

const TABLES = ['mfa_multi_factor_auth', 'mfa_session', 'mfa_rate_limit'];

const USERS = `
  INSERT INTO mfa_multi_factor_auth
    (user_id, challenge_type, phone_number, factors, pending_factors, sent_messages, created_at, updated_at)
  SELECT 'user-' || n, 'sms', '${PHONE}', coalesce(known.factors, $2), '[]', '[]', 0, 0
  FROM generate_series($3::int, $4::int) n LEFT JOIN json_to_recordset($1) AS known (n int, factors text) USING (n) ORDER BY n`;

const SESSIONS = `
  INSERT INTO mfa_session (id, user_id, scope, granted_scope, amr, signed_in_at, auth_epoch, token_hash,
    token_expires_at, idle_expires_at, refresh_hash, replaced_refreshes, expires_at)
  SELECT gen_random_uuid(), 'user-' || n, 'read', 'read', 'pwd sms mfa', 0, 0, md5('t' || n) || md5('o' || n),
    $1::bigint, $1::bigint, md5('r' || n) || md5('e' || n), '', $1::bigint
  FROM generate_series($2::int, $3::int) n`;

/** A user who has signed in leaves two: the network that is known, and its allowance of wrong passwords. */
const LIMITS = `
  INSERT INTO mfa_rate_limit (id, taken, expires_at)
  SELECT md5(kind || n) || md5(n || kind), 1, $1::bigint
  FROM generate_series($2::int, $3::int) n, (VALUES ('known'), ('pair')) AS kinds (kind)`;

/** An application over a database with many users and sessions, of which some users can sign in. */
export interface ManyUsers {
  size: number;
  booted: BootedApp;
  /** Names of those who can sign in, spread over the table. */
  names: string[];
  /** The code of one of them now. Nothing is read for it, so that no cache is warmed. */
  code: (name: string) => Promise<string>;
  close: () => Promise<void>;
}

export async function manyUsers(size: number, known: number): Promise<ManyUsers> {
  const database = await makeMigrated('postgres', 'bench');
  const booted = await bootApp({
    database: database.options,
    keepTables: true,
    clock: new Clock(),
    mfa: { imports: [AnyUsersModule], users: AnyUsers },
  });
  const states = new Map<string, SmsState>();
  const factors: { n: number; factors: string }[] = [];
  for (let index = 0; index < known; index++) {
    const n = 1 + Math.floor((index * size) / known);
    const state = { phoneNumber: PHONE, ...generateKey() };
    states.set(`user-${n}`, state);
    factors.push({ n, factors: await factorsOf(booted, `user-${n}`, state) });
  }
  const { database: source, statements } = booted;
  // The statistics are those of the first thousand, as when many sign up on a day: the planner knows nothing of the others.
  for (const table of TABLES) await source.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
  for (const [from, to] of [
    [1, ANALYZED],
    [ANALYZED + 1, size],
  ]) {
    await source.query(USERS, [JSON.stringify(factors), factors[0]!.factors, from, to]);
    for (const sql of [SESSIONS, LIMITS]) await source.query(sql, [Date.now() + 86_400_000, from, to]);
    if (from === 1) await source.query('ANALYZE');
  }
  await source.query('CHECKPOINT');
  const registry = booted.app.get(ChallengeRegistry, { strict: false });
  const names = [...states.keys()];
  const code = (name: string) => codeFor(states.get(name)!, PHONE, registry.moment('sms', { id: name, name }, 'login'));
  // Each has signed in once, which leaves rows of limits and spends a code.
  for (const [name, state] of states) {
    await booted.client.token(name, { mfa_code: await code(name) });
    states.set(name, { ...state, spent: 1 });
  }
  statements.length = 0;
  return {
    size,
    booted,
    names,
    code,
    close: async () => {
      await booted.close();
      await database.drop();
    },
  };
}

async function factorsOf({ app }: BootedApp, userId: string, state: SmsState): Promise<string> {
  const at = new Date();
  const binding = { userId, factorId: `sms-of-${userId}` };
  const sealedState = await app.get(Cipher, { strict: false }).seal(state, binding);
  return JSON.stringify([
    { id: binding.factorId, type: 'sms', hint: PHONE, sealedState, createdAt: at, confirmedAt: at },
  ]);
}
