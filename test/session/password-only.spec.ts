import { createHook } from 'node:async_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { denied } from '../support/denied.js';
import { enrolled } from '../support/enrolled.js';
import { backupSet, enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { provenToken, rawRows, requestPhone, verifyPhone } from '../support/own-mfa.js';

const ROUTES: [string, string][] = [
  ['GET', '/mfa/'],
  ['DELETE', '/mfa/'],
  ['GET', '/mfa/recovery/'],
  ['PUT', '/mfa/sms/request/'],
  ['PUT', '/mfa/sms/verify/'],
  ['POST', '/mfa/step-up/'],
  ['POST', '/mfa/logout/'],
  ['GET', '/app/me'],
  ['GET', '/app/vault'],
];

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(PLATFORMS)('a session that the password alone has made, on %s', (platform) => {
  it('[T1] reaches no route once MFA is on', async () => {
    booted = await bootApp({ platform });
    const [token, other] = [await booted.client.token('bob'), await booted.client.token('bob')];
    await requestPhone(booted, other, '14085550101');
    expect((await verifyPhone(booted, other, booted.outbox.lastCode())).status).toBe(200);
    const before = [await rowOf(booted, 'bob'), booted.outbox.count];
    for (const [method, path] of ROUTES) {
      const json = path.includes('request') ? { phone_number: '14085550199' } : { mfa_code: '123456' };
      const sent = { token, ...(method === 'PUT' || method === 'POST' ? { json } : {}) };
      const { status } = await denied(booted, () => booted.client.request(method, path, sent));
      expect([method, path, status]).toEqual([method, path, 401]);
    }
    expect([await rowOf(booted, 'bob'), booted.outbox.count]).toEqual(before);
  });
});

describe.each(LOGIN_NAMES)('a backup code behind a wrong password over %s', (name) => {
  it('[T20] is not used up, and is not told from a wrong one', async () => {
    booted = await bootApp();
    const login = await loginRoute(booted, name);
    const { codes, state } = await backupSet(booted);
    await enrolledByRow(booted, 'bob', state);
    const answers = new Set<string>();
    for (const backup_code of [codes[0]!, 'WR0NGWR0NG00']) {
      const { status, text } = await denied(booted, () => login.send('bob', { password: 'wrong', backup_code }));
      answers.add(`${status} ${text}`);
    }
    expect(answers.size).toBe(1);
    expect(await rowOf(booted, 'bob')).toMatchObject({ enabled: true, backupFailures: 0 });
    expect(login.token(await login.send('bob', { backup_code: codes[0]! }))).toBeTypeOf('string');
  });
});

describe.each(LOGIN_NAMES)('codes of another length and another window over %s', (name) => {
  it('[T24] are sent, taken and refused by these settings', async () => {
    booted = await bootApp({ mfa: { codes: { digits: 8, stepSeconds: 60 } } });
    const login = await loginRoute(booted, name);
    const token = await booted.client.token('alice');
    await requestPhone(booted, token, '14085550199');
    booted.clock.advance(119);
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).status).toBe(200);
    for (const [age, status] of [[119, 200] as const, [120, 400] as const]) {
      booted.clock.advance(3600 - ((booted.clock.now().getTime() / 1000) % 60));
      await login.send('alice');
      const mfa_code = booted.outbox.lastCode();
      expect(mfa_code).toMatch(/^[0-9]{8}$/);
      booted.clock.advance(age);
      expect([age, (await login.send('alice', { mfa_code })).status]).toEqual([age, status]);
    }
  });
});

describe('the work that a wrong code makes', () => {
  it('[T28] is one slow hash, of however many backup codes, and none for a code by SMS', async () => {
    booted = await bootApp({ mfa: { backupCodes: { count: 2, onUse: 'keep' } } });
    await enrolledByRow(booted, 'bob', (await backupSet(booted)).state);
    const mfa_code = await wrongCode(booted, 'bob');
    const hashes = async (send: () => Promise<Answered>): Promise<number> => {
      let count = 0;
      const hook = createHook({ init: (_, type) => void (count += type === 'SCRYPTREQUEST' ? 1 : 0) }).enable();
      await denied(booted, send).finally(() => hook.disable());
      return count;
    };
    expect(await hashes(() => booted.client.login('bob', { backup_code: 'WR0NGWR0NG00' }))).toBe(1);
    expect(await hashes(() => booted.client.login('bob', { backup_code: 'too short' }))).toBe(0);
    expect(await hashes(() => booted.client.login('bob', { mfa_code }))).toBe(0);
  });
});

describe.each(PLATFORMS)('requests that are meant to be safe, on %s', (platform) => {
  // One GET hands out new backup codes, as documented; E-17 tells who may send it.
  const PATHS = ['/mfa/', ...ROUTES.map(([, path]) => path), '/mfa/authtoken/login/', '/mfa/oauth2/token/'];

  it('[T29] change nothing that is kept, and send nothing', async () => {
    booted = await bootApp({ platform });
    await enrolled(booted, 'bob');
    const token = await provenToken(booted, 'bob');
    const kept = async () => [
      await rawRows(booted, 'mfa_multi_factor_auth'),
      await rawRows(booted, 'mfa_session'),
      booted.outbox.count,
    ];
    const before = await kept();
    for (const path of PATHS) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        if (method === 'GET' && path === '/mfa/recovery/') continue;
        await booted.client.request(method, `${path}?mfa_code=${await rightCode(booted, 'bob')}`, { token });
        expect([method, path, ...(await kept())]).toEqual([method, path, ...before]);
      }
    }
  });
});
