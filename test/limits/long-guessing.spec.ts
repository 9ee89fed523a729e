import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MultiFactorAuthService } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { enrolled } from '../support/enrolled.js';
import { eventLog } from '../support/event-log.js';
import { backupSet, enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { type LoginRoute, loginRoute, onEachLogin } from '../support/logins.js';

const REFILL = 14.4 * 3600;
const { listener, events, count } = eventLog();
let booted: BootedApp;
let bob: string;
beforeEach(async () => {
  events.length = 0;
  booted = await bootApp({ mfa: { events: listener } });
  bob = String(booted.users.named('bob').id);
});
afterEach(() => booted.close());
const describeOnEachLogin = onEachLogin(() => booted);

async function guess(login: LoginRoute): Promise<number> {
  const mfa_code = await wrongCode(booted, 'bob');
  return (await denied(booted, () => login.send('bob', { mfa_code }))).status;
}

async function ownLogin(login: LoginRoute): Promise<number> {
  return (await login.send('bob', { mfa_code: await rightCode(booted, 'bob') })).status;
}

describeOnEachLogin('guessing for long', (login) => {
  it('[B-10] ends after fifty wrong codes in a short time, however often the owner gets in between', async () => {
    await enrolled(booted, 'bob');
    let failures = 0;
    for (let round = 0; round < 12; round++) {
      for (let index = 0; index < 4; index++, failures++) expect(await guess(login)).toBe(400);
      expect(await ownLogin(login)).toBe(200);
    }
    for (; failures < 50; failures++) expect(await guess(login)).toBe(400);
    expect(count('locked', bob)).toBe(1);

    expect(await guess(login)).toBe(429);
    const mfa_code = await rightCode(booted, 'bob');
    const owner = await denied(booted, () => login.send('bob', { mfa_code }));
    expect(owner.headers.get('retry-after')).toBe(String(REFILL));
    expect((await rowOf(booted, 'bob')).knownCodeFailures).toBe(2);
  });

  it('[B-10] gives one more guess each 14.4 hours after that, and a success washes none away', async () => {
    await enrolled(booted, 'bob');
    for (let round = 0; round < 25; round++) {
      expect([await guess(login), await guess(login), await ownLogin(login)]).toEqual([
        400,
        400,
        round < 24 ? 200 : 429,
      ]);
    }
    booted.clock.advance(REFILL - 1);
    expect(await ownLogin(login)).toBe(429);
    booted.clock.advance(1);
    expect(await ownLogin(login)).toBe(200);
    expect(await guess(login)).toBe(400);
    expect(await ownLogin(login)).toBe(429);
  });

  it('[B-18] stops at a hundred wrong codes in a row, and leaves the backup code and the administrator', async () => {
    const { codes, state } = await backupSet(booted);
    await enrolledByRow(booted, 'bob', state);
    await guessToTheHardStop(login);
    expect(count('locked', bob)).toBe(96);
    booted.clock.advance(30 * 86_400);
    expect(await ownLogin(login)).toBe(429);
    expect(await guess(login)).toBe(429);

    expect((await login.send('bob', { backup_code: codes[0]! })).status).toBe(200);
    expect(await rowOf(booted, 'bob')).toMatchObject({ enabled: true, codeFailures: 0 });
  });
});

describe('an account that was guessed at to the hard stop', () => {
  it('[B-18] starts anew when an administrator turns its MFA off', async () => {
    const login = await loginRoute(booted, 'authtoken');
    await enrolledByRow(booted, 'bob');
    await guessToTheHardStop(login);
    await booted.app.get(MultiFactorAuthService).disable(bob);
    await enrolled(booted, 'bob');
    expect(await ownLogin(login)).toBe(200);
  });
});

describe('an account that was guessed at to the rolling limit', () => {
  it('[B-10] starts anew when an administrator turns its MFA off', async () => {
    const login = await loginRoute(booted, 'authtoken');
    await enrolled(booted, 'bob');
    for (let round = 0; round < 25; round++) {
      expect([await guess(login), await guess(login)]).toEqual([400, 400]);
      await ownLogin(login);
    }
    expect(await ownLogin(login)).toBe(429);
    await booted.app.get(MultiFactorAuthService).disable(bob);
    await enrolled(booted, 'bob');
    expect([await guess(login), await ownLogin(login)]).toEqual([400, 200]);
  });
});

/** A hundred wrong codes, as slowly as the limits want them. */
async function guessToTheHardStop(login: LoginRoute): Promise<void> {
  for (let failures = 0; failures < 100; failures++) {
    expect(await guess(login)).toBe(400);
    booted.clock.advance(REFILL);
  }
  expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 100 });
}
