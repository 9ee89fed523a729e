import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MultiFactorAuthService } from '../../src/index.js';
import { addApp } from '../support/apps.js';
import { type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { eventLog } from '../support/event-log.js';
import { oauthClient } from '../support/oauth.js';
import { OVER, PendingLoginStage } from '../support/pending-login.js';

const log = eventLog();
const MFA = { events: log.listener, audit: true, backupCodes: { count: 2, onUse: 'keep' as const } };

let stage: PendingLoginStage;
let booted: BootedApp;
let token: string;
afterEach(() => booted.close());

const send = (method: string, path: string, json?: object) => booted.client.request(method, path, { token, json });
const codesOf = async () => (await send('GET', '/mfa/recovery/')).body['backup_codes'] as [string, string];

describe.each(PLATFORMS)('a pending login over %s', (platform) => {
  beforeEach(async () => {
    stage = await PendingLoginStage.boot({ platform, mfa: MFA });
    ({ booted } = stage);
    const json = { mfa_token: await stage.mfaToken(), code: stage.apps.bob.code() };
    token = String((await stage.verify(json)).body['token']);
    booted.clock.advance(60);
  });

  it('[K-01] takes the new recovery codes, if they are replaced meanwhile, and none of the old ones', async () => {
    const old = await codesOf();
    const mfa_token = await stage.mfaToken();
    const fresh = await codesOf();
    const verify = (code: string) => stage.verify({ mfa_token, method: 'recovery', code });
    expect((await verify(old[0])).body['code']).toBe('invalid_backup_code');
    expect((await verify(fresh[0])).body).toMatchObject({ recovery_codes_remaining: 1 });
    expect((await verify(fresh[1])).body['code']).toBe('invalid_mfa_token');
  });

  it('goes on after changes that end no session: a name, another default, an unlocking, a log-out', async () => {
    const { bob } = stage.apps;
    const second = await addApp(booted, token, 'second');
    const mfa_token = await stage.mfaToken();
    expect((await send('PATCH', `/mfa/factors/${bob.id}/`, { name: 'Old' })).status).toBe(200);
    expect((await send('PATCH', `/mfa/factors/${second.id}/`, { default: true })).status).toBe(200);
    await booted.app.get(MultiFactorAuthService).unlock('2');
    expect((await send('POST', '/mfa/logout/')).status).toBe(204);
    // The one that it was asked for, which is no longer the default.
    expect((await stage.verify({ mfa_token, code: bob.code() })).status).toBe(200);
  });

  it('is over when a factor comes or goes, also one that comes back', async () => {
    const { bob } = stage.apps;
    const before = await stage.mfaToken();
    const second = await addApp(booted, token, 'second');
    const between = await stage.mfaToken();
    expect((await send('DELETE', `/mfa/factors/${second.id}/`)).status).toBe(204);
    const third = await addApp(booted, token, 'second');
    for (const mfa_token of [before, between]) {
      expect(await stage.refusalOf({ mfa_token, code: bob.code() })).toEqual(OVER);
      expect(await stage.refusalOf({ mfa_token, method: third.id, code: third.code() })).toEqual(OVER);
      const chosen = await booted.client.post('/mfa/login/challenge/', { json: { mfa_token } });
      expect(chosen.body['code']).toBe('invalid_mfa_token');
    }
  });

  it('[X-01] leaves its mfa_token in no log line, no event and no statement, also when something breaks', async () => {
    const oauth = await oauthClient(booted);
    const tokens = [await stage.mfaToken(), String((await oauth.password('bob')).body['mfa_token'])];
    const [mfa_token, ofClient] = tokens as [string, string];
    tokens.push(String((await send('POST', '/mfa/step-up/', {})).body['mfa_token']));
    const chosen = await booted.client.post('/mfa/login/challenge/', { json: { mfa_token } });
    tokens.push(String(chosen.body['mfa_token']));
    await stage.verify({ mfa_token, code: '000000' });
    await stage.verify({ mfa_token: `${mfa_token}x`, code: '000000' });
    const findById = booted.users.findById.bind(booted.users);
    booted.users.findById = () => Promise.reject(new Error('the directory is gone'));
    expect((await stage.verify({ mfa_token, code: '000000' })).status).toBe(500);
    await oauth.token({ grant_type: 'password', mfa_token: ofClient, mfa_code: '000000' });
    booted.users.findById = findById;
    expect((await stage.verify({ mfa_token, code: stage.apps.bob.code() })).status).toBe(200);
    const told = JSON.stringify([booted.log, booted.statements, log.events]);
    for (const part of tokens.map((one) => one.split('.')[3]!)) expect(told).not.toContain(part);
  });
});
