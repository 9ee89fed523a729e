import { afterEach, describe, expect, it } from 'vitest';
import type { BackupCodeState } from '../../../src/challenge/recovery/backup-codes.js';
import type { BackupCodeOptions } from '../../../src/challenge/recovery/backup-code-options.js';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { enrolled } from '../../support/enrolled.js';
import { eventLog } from '../../support/event-log.js';
import { backupSet, enrolledByRow, rightCode, rowOf, stateOf } from '../../support/factor-rows.js';
import { backupHashes } from '../../support/known-backup-set.js';
import { LOGIN_NAMES, loginRoute } from '../../support/logins.js';
import { prompted } from '../../support/prompted.js';

const { listener, events, count } = eventLog();
let booted: BootedApp;
let bob: string;
let codes: string[];
afterEach(() => booted.close());

async function boot(backupCodes: Partial<BackupCodeOptions> = {}): Promise<void> {
  events.length = 0;
  booted = await bootApp({ mfa: { backupCodes, events: listener } });
  bob = String(booted.users.named('bob').id);
  const set = await backupSet(booted);
  codes = set.codes;
  await enrolledByRow(booted, 'bob', set.state);
}

async function status(token: string): Promise<Record<string, unknown>> {
  return (await booted.client.get('/mfa/', { token })).body;
}

describe.each(LOGIN_NAMES)('using a backup code over %s', (name) => {
  it('[K-09] keeps MFA on where it is told to, and gives notice', async () => {
    await boot({ onUse: 'keep' });
    const login = await loginRoute(booted, name);
    const other = await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    const token = login.token(await login.send('bob', { backup_code: codes[0]! }));
    expect(await status(token!)).toMatchObject({ enabled: true, challenge_type: 'sms' });
    expect(await status(other)).toMatchObject({ enabled: true });
    expect([count('backup_code_used', bob), count('disabled', bob)]).toEqual([1, 0]);
    expect((await login.send('bob')).body).toEqual(prompted('sms'));
  });

  it('[K-09] turns MFA off as documented, ends every other session, and gives notice of both', async () => {
    await boot();
    const login = await loginRoute(booted, name);
    const oauth = await loginRoute(booted, 'oauth2');
    const byToken = await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    const byOAuth = await oauth.send('bob', { mfa_code: await rightCode(booted, 'bob') });
    const token = login.token(await login.send('bob', { backup_code: codes[0]! }));
    expect(await status(token!)).toEqual({ enabled: false, challenge_type: '', phone_number: '' });
    expect([count('backup_code_used', bob), count('disabled', bob)]).toEqual([1, 1]);

    await denied(booted, () => booted.client.get('/mfa/', { token: byToken }));
    await denied(booted, () => booted.client.get('/mfa/', { token: oauth.token(byOAuth)! }));
    const { path, headers } = oauth.request('bob');
    const refresh = { grant_type: 'refresh_token', refresh_token: String(byOAuth.body['refresh_token']) };
    await denied(booted, () => booted.client.post(path, { headers, form: refresh }));
    expect(await rowOf(booted, 'bob')).toMatchObject({ factors: [], pendingFactors: [], phoneNumber: '' });
  });

  it('[K-09] gives no notice of a wrong one but that it was refused', async () => {
    await boot();
    const login = await loginRoute(booted, name);
    events.length = 0;
    await denied(booted, () => login.send('bob', { backup_code: 'WR0NGWR0NG00' }));
    expect(events.map(({ type }) => type)).toEqual(['proof_refused']);
    expect(await rowOf(booted, 'bob')).toMatchObject({ enabled: true });
  });

  it('[K-11] counts as a sign-in and not as a second factor', async () => {
    await boot({ count: 2, onUse: 'keep' });
    const login = await loginRoute(booted, name);
    const token = login.token(await login.send('bob', { backup_code: codes[0]! }))!;
    const vault = await denied(booted, () => booted.client.get('/app/vault', { token }));
    expect(vault.status).toBe(401);
    expect(vault.headers.get('www-authenticate')).toContain('insufficient_user_authentication');
    const phone = { token, json: { phone_number: '14085550199' } };
    const second = await denied(booted, () => booted.client.put('/mfa/sms/request/', phone));
    expect(second.text).toContain('Two factor authentication is already enabled.');
    expect((await booted.client.get('/mfa/recovery/', { token })).body['backup_code']).toHaveLength(12);
    expect((await booted.client.delete('/mfa/', { token })).status).toBe(204);
  });
});

describe('a sign-in with a backup code that has grown old', () => {
  it('[K-11] manages MFA no longer', async () => {
    await boot({ count: 2, onUse: 'keep' });
    const token = await booted.client.token('bob', { backup_code: codes[0] });
    booted.clock.advance(901);
    const { headers } = await denied(booted, () => booted.client.delete('/mfa/', { token }));
    expect(headers.get('www-authenticate')).toContain('insufficient_user_authentication');
    expect(await status(token)).toMatchObject({ enabled: true });
  });

  it('[K-11] is not made young by a refresh', async () => {
    await boot({ count: 2, onUse: 'keep' });
    const oauth = await loginRoute(booted, 'oauth2');
    const { body } = await oauth.send('bob', { backup_code: codes[0]! });
    booted.clock.advance(890);
    const { path, headers } = oauth.request('bob');
    const form = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    const token = oauth.token(await booted.client.post(path, { headers, form }))!;
    booted.clock.advance(11);
    await denied(booted, () => booted.client.delete('/mfa/', { token }));
    await denied(booted, () => booted.client.get('/mfa/recovery/', { token }));
    expect(await status(token)).toMatchObject({ enabled: true });
  });
});

describe('what is kept of backup codes', () => {
  it('[K-10] [T21] is a slow hash under a seal, and no spelling of a code', async () => {
    booted = await bootApp({ mfa: { backupCodes: { count: 2, onUse: 'keep' } } });
    await enrolled(booted, 'bob');
    const token = await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    const { body } = await booted.client.get('/mfa/recovery/', { token });
    const fetched = body['backup_codes'] as string[];
    await booted.client.token('bob', { backup_code: fetched[0] });

    const rows: unknown = await booted.database.query('SELECT * FROM mfa_multi_factor_auth');
    const kept = JSON.stringify([rows, booted.statements, booted.log]);
    for (const code of fetched) {
      const bytes = Buffer.from(code);
      const spellings = [
        code,
        code.toLowerCase(),
        ...(['hex', 'base64', 'base64url'] as const).map((as) => bytes.toString(as)),
      ];
      expect(spellings.filter((spelling) => kept.includes(spelling))).toEqual([]);
    }
    const state = (await stateOf(booted, 'bob', 'backup')) as BackupCodeState;
    expect(Buffer.from(state.salt, 'base64')).toHaveLength(16);
    expect(state.hashes).toHaveLength(1);
    expect(backupHashes(fetched[1]!, state)).toContain(state.hashes[0]);
    expect(kept).not.toContain(state.hashes[0]);
  });
});
