import { hash, verify } from '@node-rs/argon2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { cpuTimed } from '../support/cpu-time.js';
import { denied } from '../support/denied.js';
import { enrolledByRow, rightCode, wrongCode } from '../support/factor-rows.js';
import { LOGIN_NAMES, type LoginRoute, loginRoute } from '../support/logins.js';
import { requestPhone, verifyPhone } from '../support/own-mfa.js';

const UNKNOWN = { username: 'nobody', password: 'bob-password' };
const WRONG = { username: 'bob', password: 'bad-password' };
/** Carol is not active; the password is right. */
const INACTIVE = { username: 'carol', password: 'carol-password' };
const STRANGERS = [UNKNOWN, WRONG, INACTIVE];

let booted: BootedApp;
afterEach(() => booted.close());

/** An answer as somebody sees it who compares two. */
function seen({ status, headers, text }: Answered): string {
  const stable = [...headers].filter(([name]) => name !== 'date' && name !== 'keep-alive');
  return JSON.stringify([status, stable, text]);
}

function median(times: number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

describe.each(LOGIN_NAMES)('who is there, at %s', (name) => {
  let login: LoginRoute;

  describe.each(PLATFORMS)('on %s', (platform) => {
    beforeEach(async () => {
      booted = await bootApp({ platform });
      await enrolledByRow(booted, 'bob');
      await enrolledByRow(booted, 'carol');
      login = await loginRoute(booted, name);
    });

    it('[L-01] cannot be told from an answer, whatever else was sent', async () => {
      const code = await rightCode(booted, 'bob');
      const extras: Record<string, string>[] = [
        {},
        { mfa_code: code },
        { mfa_code: 'no code' },
        { backup_code: 'ABCDEFGH1234' },
        { mfa_code: code, backup_code: 'ABCDEFGH1234' },
      ];
      const answers = new Set<string>();
      for (const extra of extras) {
        for (const stranger of STRANGERS) answers.add(seen(await login.send('', { ...stranger, ...extra })));
      }
      expect(answers.size).toBe(1);
      expect([...answers][0]).toContain('Unable to log in with provided credentials.');
      expect(booted.outbox.count).toBe(0);
    });

    it('[L-02] takes one check of one hash each', async () => {
      for (const stranger of STRANGERS) {
        booted.users.verifications = [];
        await login.send('', stranger);
        expect(booted.users.verifications).toEqual([stranger.password]);
      }
    });

    it('[L-02] takes the same statements each', async () => {
      const statements = new Set<string>();
      for (const stranger of STRANGERS) {
        // The first wrong password of a name makes a row, which the next one changes.
        await login.send('', stranger);
        const before = booted.statements.length;
        await login.send('', stranger);
        statements.add(
          booted.statements
            .slice(before)
            .map(({ sql }) => sql)
            .join('\n'),
        );
      }
      expect(statements.size).toBe(1);
    });
  });

  it('[L-03] cannot be told from the CPU time of 100 answers each', async () => {
    booted = await bootApp();
    await enrolledByRow(booted, 'bob');
    const { users } = booted;
    // Real work, though lighter than an application's: what is to be seen is whether it is done at all.
    const work = { memoryCost: 16_384, timeCost: 1, parallelism: 1 };
    users.hashPassword = (password) => hash(password, work);
    users.verifyPassword = (stored, password) => verify(stored, password);
    for (const user of users.all) user.passwordHash = await hash(`${user.username}-password`, work);
    Object.assign(users, { decoyHash: undefined });
    await users.prepare();
    login = await loginRoute(booted, name);
    const { passwordHash } = users.named('bob');
    const tasks = [
      () => verify(passwordHash!, 'bad-password'),
      ...STRANGERS.map((stranger) => () => login.send('', stranger)),
    ];
    const spent: number[][] = tasks.map(() => []);
    for (let round = 0; round < 110; round++) {
      // So that none of them is refused for its number.
      booted.clock.advance(60);
      for (let turn = 0; turn < tasks.length; turn++) {
        const kind = (round + turn) % tasks.length;
        const [, milliseconds] = await cpuTimed<unknown>(tasks[kind]!);
        if (round >= 10) spent[kind]!.push(milliseconds);
      }
    }
    const [oneHash, ...medians] = spent.map(median) as [number, ...number[]];
    const [least, most] = [Math.min(...medians), Math.max(...medians)];
    expect(least).toBeGreaterThan(oneHash);
    expect(most - least).toBeLessThan(oneHash / 4);
  });

  it('[L-05] leaves one answer for wrong, expired, replayed and foreign codes', async () => {
    booted = await bootApp();
    await enrolledByRow(booted, 'bob');
    await enrolledByRow(booted, 'dave');
    login = await loginRoute(booted, name);
    const old = await rightCode(booted, 'bob', { drift: -2 });
    const used = await rightCode(booted, 'bob');
    expect((await login.send('bob', { mfa_code: used })).status).toBe(200);
    const foreign = await rightCode(booted, 'dave');
    const other = await rightCode(booted, 'bob', { purpose: 'step-up' });
    const wrong = await wrongCode(booted, 'bob');
    const answers = new Set<string>();
    for (const mfa_code of [wrong, old, used, foreign]) {
      answers.add(seen(await denied(booted, () => login.send('bob', { mfa_code }))));
    }
    expect((await login.send('bob', { mfa_code: await rightCode(booted, 'bob') })).status).toBe(200);
    for (const mfa_code of [other, '12345', 'abcdef', '1'.repeat(500)]) {
      answers.add(seen(await denied(booted, () => login.send('bob', { mfa_code }))));
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toContain('Please enter a valid code.');
  });
});

describe('a code that is used up at enrolment', () => {
  it('[L-05] is answered like a wrong one', async () => {
    booted = await bootApp();
    const token = await booted.client.token('alice');
    await requestPhone(booted, token, '14085550111');
    const right = booted.outbox.lastCode();
    const answers = new Set<string>();
    for (let guess = 0; guess < 5; guess++) answers.add(seen(await verifyPhone(booted, token, '000000')));
    answers.add(seen(await verifyPhone(booted, token, right)));
    booted.clock.advance(3600 * 2);
    const fresh = await booted.client.token('alice');
    answers.add(seen(await verifyPhone(booted, fresh, right)));
    expect(answers.size).toBe(1);
  });
});
