import { afterEach, beforeEach, expect, it } from 'vitest';
import { MfaSession } from '../../src/index.js';
import type { Answered } from '../support/client.js';
import { type BootedApp, bootApp } from '../support/boot-app.js';
import { backupSet, enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { addressIn, BEHIND_PROXY, from, sent } from '../support/guesses.js';
import { holdPassword } from '../support/hold-judging.js';
import { onEachLogin } from '../support/logins.js';
import { kindsOf } from '../support/logs.js';
import { TestUsers } from '../support/test-users.js';

/** Guesses that a name has left from a network, and the minutes in which they come back. */
const ALLOWED = 10;
const HOME = addressIn(1);

let booted: BootedApp;
let backupCode: string;
beforeEach(async () => {
  booted = await bootApp(BEHIND_PROXY);
  const { codes, state } = await backupSet(booted);
  backupCode = codes[0]!;
  await enrolledByRow(booted, 'bob', state);
});
afterEach(() => booted.close());

/** The second half of a login, by what is odd about it, and whose login it is. */
const SECOND_HALVES: Record<string, { username?: string; second: () => Promise<Record<string, string>> }> = {
  'with the right code': { second: async () => ({ mfa_code: await rightCode(booted, 'bob') }) },
  'with a wrong code': { second: async () => ({ mfa_code: await wrongCode(booted, 'bob') }) },
  'with what is no code': { second: () => Promise.resolve({ mfa_code: 'none' }) },
  'without a code': { second: () => Promise.resolve({}) },
  'with both codes': {
    second: async () => ({ mfa_code: await rightCode(booted, 'bob'), backup_code: backupCode }),
  },
  'with a backup code': { second: () => Promise.resolve({ backup_code: backupCode }) },
  'with a wrong backup code': { second: () => Promise.resolve({ backup_code: 'AAAABBBBCCCC' }) },
  'where MFA is off': { username: 'alice', second: () => Promise.resolve({}) },
};

onEachLogin(() => booted)('a right password that is judged when no guess is left,', (login) => {
  const ask = (username: string, more: Record<string, string>) =>
    sent(booted, from(HOME, login.request(username, more)));

  /** What a login may leave behind. */
  const traces = async () => ({
    row: await rowOf(booted, 'bob'),
    sessions: await booted.database.getRepository(MfaSession).count(),
    messages: booted.outbox.messages.length,
  });

  /** The statements and look-ups of users until a request is answered. */
  async function workUntil(answered: Promise<Answered>): Promise<{ answer: Answered; work: string[] }> {
    const { statements, users } = booted;
    const begun = statements.length;
    const lookUps: string[] = [];
    users.findById = (id) => {
      lookUps.push('a user by id');
      return TestUsers.prototype.findById.call(users, id);
    };
    const answer = await answered;
    Reflect.deleteProperty(users, 'findById');
    return { answer, work: [...kindsOf(statements.slice(begun)), ...lookUps] };
  }

  /** Has a password judged after others have used up the guesses that were left when it came. */
  async function judgedLate(username: string, password: string, second: Record<string, string>) {
    const held = holdPassword(booted, password);
    const late = ask(username, { ...second, password });
    await held.asked;
    for (let count = 0; count < ALLOWED; count++) await ask(username, { password: 'guess' });
    held.judge();
    return workUntil(late);
  }

  // The network becomes known.
  beforeEach(async () => {
    await ask('bob', { mfa_code: await rightCode(booted, 'bob') });
    await ask('alice', {});
    booted.clock.advance(60);
  });

  it.each(Object.keys(SECOND_HALVES))(
    '[B-19] [T31] is refused as a wrong one, leaves no trace, and does not show by its work, %s',
    async (name) => {
      const { username = 'bob', second } = SECOND_HALVES[name]!;
      const before = await traces();
      const right = await judgedLate(username, `${username}-password`, await second());
      expect(await traces()).toEqual(before);
      booted.clock.advance(ALLOWED * 60);
      const wrong = await judgedLate(username, 'late-guess', await second());
      expect(right.answer.status).toBe(429);
      expect([right.answer.status, right.answer.body]).toEqual([wrong.answer.status, wrong.answer.body]);
      expect(right.answer.headers.get('retry-after')).toBe(wrong.answer.headers.get('retry-after'));
      expect(right.work).toEqual(wrong.work);
      expect(right.work.length).toBeGreaterThan(0);
    },
  );
});
