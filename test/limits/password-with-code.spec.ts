import { IsString } from 'class-validator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  Challenge,
  type Enrolment,
  MfaChallenge,
  MfaSession,
  MultiFactorAuthService,
  SmsChallenge,
  type Verdict,
} from '../../src/index.js';
import { type BootedApp, bootApp } from '../support/boot-app.js';
import { backupSet, enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { addressIn, BEHIND_PROXY, from, sent } from '../support/guesses.js';
import { holdDecision, holdPassword } from '../support/hold-judging.js';
import { onEachLogin } from '../support/logins.js';

/** Guesses that a name has left from a network. */
const ALLOWED = 10;
const HOME = addressIn(1);

class PhraseRequest {
  @IsString() phrase!: string;
}

/** A phrase, as something that is slow to judge. */
@MfaChallenge({ type: 'phrase', request: PhraseRequest, costly: true })
class PhraseChallenge extends Challenge<{ phrase: string; uses: number }, string, undefined, PhraseRequest> {
  enrol({ phrase }: PhraseRequest): Enrolment<{ phrase: string; uses: number }> {
    return { state: { phrase, uses: 0 }, hint: 'phrase' };
  }

  read(raw: unknown): string | undefined {
    return typeof raw === 'string' ? raw : undefined;
  }

  verify({ phrase, uses }: { phrase: string; uses: number }, given: string): Verdict<{ phrase: string; uses: number }> {
    return given === phrase ? { kind: 'right', state: { phrase, uses: uses + 1 } } : { kind: 'wrong' };
  }
}

let booted: BootedApp;
let backupCode: string;
beforeEach(async () => {
  booted = await bootApp({ ...BEHIND_PROXY, mfa: { challenges: [SmsChallenge, PhraseChallenge] } });
  const { codes, state } = await backupSet(booted);
  backupCode = codes[0]!;
  await enrolledByRow(booted, 'bob', state);
});
afterEach(() => booted.close());

/** The second half of a login with the right password, by what is odd about it. */
const SECOND_HALVES: Record<string, (username: string) => Promise<Record<string, string>>> = {
  'with the right code': async (username) => ({ mfa_code: await rightCode(booted, username) }),
  'with a wrong code': async (username) => ({ mfa_code: await wrongCode(booted, username) }),
  'with what is no code': () => Promise.resolve({ mfa_code: 'none' }),
  'without a code': () => Promise.resolve({}),
  'with both codes': async (username) => ({ mfa_code: await rightCode(booted, username), backup_code: backupCode }),
  'with a backup code': () => Promise.resolve({ backup_code: backupCode }),
  'with a wrong backup code': () => Promise.resolve({ backup_code: 'AAAABBBBCCCC' }),
};

onEachLogin(() => booted)('a right password that comes to be told when no guess is left,', (login) => {
  const askAs = (username: string, more: Record<string, string> = {}) =>
    sent(booted, from(HOME, login.request(username, more)));
  const ask = (more: Record<string, string>) => askAs('bob', more);
  const guess = () => ask({ password: 'guess' });
  const fill = async (username = 'bob') => {
    const wrong = () => askAs(username, { password: 'guess' });
    for (let count = 0; count < ALLOWED; count++) expect((await wrong()).status).toBe(400);
  };

  /** All that a login may leave behind. */
  const traces = async () => ({
    row: await rowOf(booted, 'bob'),
    sessions: await booted.database.getRepository(MfaSession).count(),
    messages: booted.outbox.messages.length,
  });

  // A network becomes known by a login, and the second one from there leaves a row of its limit, which is free.
  beforeEach(async () => {
    for (let count = 0; count < 2; count++) {
      await ask({ mfa_code: await rightCode(booted, 'bob') });
      booted.clock.advance(60);
    }
  });

  it.each(Object.keys(SECOND_HALVES))('[B-19] is not told, and leaves no trace, %s', async (name) => {
    const second = await SECOND_HALVES[name]!('bob');
    const before = await traces();
    const held = holdPassword(booted, 'bob-password');
    const late = ask(second);
    await held.asked;
    await fill();
    held.judge();
    const { status, headers, body } = await late;
    // What a wrong one would get.
    const refused = await guess();
    expect([status, body, headers.get('retry-after')]).toEqual([
      refused.status,
      refused.body,
      refused.headers.get('retry-after'),
    ]);
    expect(status).toBe(429);
    expect(await traces()).toEqual(before);
  });

  it('[B-19] is not told, where the guesses run out while the code is judged', async () => {
    const second = await SECOND_HALVES['with the right code']!('bob');
    const before = await traces();
    const held = holdDecision(booted);
    const late = ask(second);
    await held.asked;
    await fill();
    const begun = booted.statements.length;
    held.decide();
    expect((await late).status).toBe(429);
    expect(await traces()).toEqual(before);
    const writes = booted.statements.slice(begun).filter(({ sql }) => sql.startsWith('UPDATE "mfa_multi_factor_auth"'));
    expect(writes).toHaveLength(1);
    // Its code was not spent: it works as soon as there is room.
    booted.clock.advance(61);
    expect(login.token(await ask({ mfa_code: await rightCode(booted, 'bob') }))).toBeTypeOf('string');
  });

  it('[B-19] is not told, where others use up the guesses at the name, from a network that is not known', async () => {
    const [elsewhere, second] = [addressIn(2), await SECOND_HALVES['with the right code']!('bob')];
    // Without a code it leaves the row of a limit, and no known network.
    expect((await sent(booted, from(elsewhere, login.request('bob')))).body).toMatchObject({ mfa_required: true });
    const held = holdPassword(booted, 'bob-password');
    const late = sent(booted, from(elsewhere, login.request('bob', second)));
    await held.asked;
    for (let index = 0; index < 100; index++) {
      const wrong = login.request('bob', { password: 'guess' });
      expect((await sent(booted, from(addressIn(100 + (index % 10)), wrong))).status).toBe(400);
    }
    held.judge();
    expect((await late).status).toBe(429);
  });

  it('[B-16] is not told by the lock of the codes', async () => {
    const wrong = await wrongCode(booted, 'bob');
    for (let count = 0; count < 5; count++) await ask({ mfa_code: wrong });
    expect((await ask({ mfa_code: wrong })).body).toMatchObject({ open_methods: expect.anything() as object });
    const held = holdDecision(booted);
    const late = ask({ mfa_code: wrong });
    await held.asked;
    await fill();
    held.decide();
    expect((await late).body).toEqual((await guess()).body);
  });

  it('[B-19] is not told where no second half is asked for', async () => {
    for (let count = 0; count < 2; count++) expect(login.token(await askAs('alice'))).toBeTypeOf('string');
    const held = holdDecision(booted);
    const late = askAs('alice');
    await held.asked;
    await fill('alice');
    held.decide();
    expect((await late).status).toBe(429);
  });

  it('[B-19] is not told by a proof that pays before it is judged', async () => {
    booted.users.add('dora');
    const userId = String(booted.users.named('dora').id);
    await booted.app.get(MultiFactorAuthService).enable(userId, 'phrase', { phrase: 'correct horse' });
    for (let count = 0; count < 2; count++) {
      expect(login.token(await askAs('dora', { mfa_code: 'correct horse' }))).toBeTypeOf('string');
      booted.clock.advance(60);
    }
    const before = await rowOf(booted, 'dora');
    const held = holdDecision(booted);
    const late = askAs('dora', { mfa_code: 'wrong horse' });
    await held.asked;
    await fill('dora');
    held.decide();
    expect((await late).status).toBe(429);
    expect(await rowOf(booted, 'dora')).toEqual(before);
  });

  it('[S-08] is not told by a user who is switched off meanwhile', async () => {
    const held = holdDecision(booted);
    const late = ask({ mfa_code: await rightCode(booted, 'bob') });
    await held.asked;
    booted.users.named('bob').active = false;
    await fill();
    held.decide();
    expect((await late).status).toBe(429);
  });

  it('[B-19] is told while one guess is left', async () => {
    const held = holdDecision(booted);
    const late = ask({ mfa_code: await rightCode(booted, 'bob') });
    await held.asked;
    for (let count = 0; count < ALLOWED - 1; count++) await guess();
    held.decide();
    expect(login.token(await late)).toBeTypeOf('string');
  });
});
