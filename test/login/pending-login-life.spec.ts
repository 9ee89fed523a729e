import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MfaSession, MultiFactorAuthService } from '../../src/index.js';
import { type BootedApp, type BootOptions, PLATFORMS } from '../support/boot-app.js';
import { rowOf } from '../support/factor-rows.js';
import { par } from '../support/par.js';
import { OVER, PendingLoginStage } from '../support/pending-login.js';

let stage: PendingLoginStage;
let booted: BootedApp;
let apps: PendingLoginStage['apps'];
afterEach(() => booted.close());

async function boot(options: BootOptions): Promise<void> {
  stage = await PendingLoginStage.boot(options);
  ({ booted, apps } = stage);
}

const verify = (json: object) => stage.verify(json);
const mfaToken = (username?: string) => stage.mfaToken(username);
const refusalOf = (json: object) => stage.refusalOf(json);

describe.each(PLATFORMS)('the life of an mfa_token over %s', (platform) => {
  beforeEach(() => boot({ platform }));

  it('[S-16] works once: neither again with its code, nor with a fresh one', async () => {
    const json = { mfa_token: await mfaToken(), code: apps.bob.code() };
    expect((await verify(json)).status).toBe(200);
    expect(await refusalOf(json)).toEqual(OVER);
    booted.clock.advance(60);
    expect(await refusalOf({ ...json, code: apps.bob.code() })).toEqual(OVER);
  });

  it('[S-18] lets one of twenty identical requests in', async () => {
    const sessions = booted.database.getRepository(MfaSession);
    const before = await sessions.count();
    const json = { mfa_token: await mfaToken(), code: apps.bob.code() };
    const answers = await par([booted], 20, () => ({ method: 'POST', path: '/mfa/login/verify/', json }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(await sessions.count()).toBe(before + 1);
  });

  it('[S-16] is remembered until it is over on every instance', async () => {
    const mfa_token = await mfaToken();
    expect((await verify({ mfa_token, code: apps.bob.code() })).status).toBe(200);
    const idOf = async () => (await rowOf(booted, 'bob')).usedTokens.map(({ id }) => id);
    const [used] = await idOf();
    // The next login's write comes when this instance takes the token for over, and another one may not.
    booted.clock.advance(310);
    expect((await verify({ mfa_token: await mfaToken(), code: apps.bob.code() })).status).toBe(200);
    expect(await idOf()).toContain(used);
    booted.clock.advance(400);
    expect((await verify({ mfa_token: await mfaToken(), code: apps.bob.code() })).status).toBe(200);
    expect(await idOf()).not.toContain(used);
  });

  it('[S-19] is over after 300 seconds', async () => {
    const mfa_token = await mfaToken();
    booted.clock.advance(299);
    expect((await verify({ mfa_token, code: '000000' })).body['code']).toBe('invalid_mfa_code');
    booted.clock.advance(1);
    expect(await refusalOf({ mfa_token, code: apps.bob.code() })).toEqual(OVER);
  });

  it('[X-13] is over when it was sealed while the clock was ahead, and the clock is put right', async () => {
    booted.clock.advance(3600);
    const mfa_token = await mfaToken();
    booted.clock.advance(-3600);
    expect(await refusalOf({ mfa_token, code: apps.bob.code() })).toEqual(OVER);
    const chosen = await booted.client.post('/mfa/login/challenge/', { json: { mfa_token } });
    expect(chosen.body['code']).toBe('invalid_mfa_token');
  });

  it('[S-20] is over when the password changes, or the application ends the sessions', async () => {
    const mfa_token = await mfaToken();
    const bob = booted.users.named('bob');
    const { passwordHash } = bob;
    bob.passwordHash = await booted.users.hashPassword('another password');
    expect(await refusalOf({ mfa_token, code: apps.bob.code() })).toEqual(OVER);
    bob.passwordHash = passwordHash;
    await booted.app.get(MultiFactorAuthService).endSessions(String(bob.id));
    expect(await refusalOf({ mfa_token, code: apps.bob.code() })).toEqual(OVER);
  });

  it('is over when its user is no longer active', async () => {
    const mfa_token = await mfaToken();
    booted.users.named('bob').active = false;
    expect(await refusalOf({ mfa_token, code: apps.bob.code() })).toEqual(OVER);
  });

  it('is over when MFA is turned off, and signs nobody in without a proof', async () => {
    const mfa_token = await mfaToken();
    await booted.app.get(MultiFactorAuthService).disable(String(booted.users.named('bob').id));
    expect(await refusalOf({ mfa_token, code: apps.bob.code() })).toEqual(OVER);
    expect(await refusalOf({ mfa_token, method: 'recovery', code: 'AAAA BBBB CCCC' })).toEqual(OVER);
  });
});
