import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sessions } from '../../../src/index.js';
import { remainingOf } from '../../../src/store/row-changes.js';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { backupSet, enrolledByRow, rightCode, rowOf } from '../../support/factor-rows.js';
import { failStatement } from '../../support/failing-statements.js';
import { LOGIN_NAMES, type LoginRoute, loginRoute } from '../../support/logins.js';

let booted: BootedApp;
let login: LoginRoute;
let token: string;
let refresh: string;
afterEach(() => booted.close());

describe.each(PLATFORMS.flatMap((platform) => LOGIN_NAMES.map((name) => ({ platform, name }))))(
  'a session of the last recovery code over $name on $platform',
  ({ platform, name }) => {
    beforeEach(async () => {
      booted = await bootApp({ platform, mfa: { backupCodes: { onUse: 'keep' } } });
      login = await loginRoute(booted, name);
      const { codes, state } = await backupSet(booted);
      await enrolledByRow(booted, 'bob', state);
      const answered = await login.send('bob', { backup_code: codes[0]! });
      token = login.token(answered)!;
      refresh = String(answered.body['refresh_token']);
    });

    const expectClosed = async (method: string, path: string, given = token) => {
      const { status, body, text } = await denied(booted, () => booted.client.request(method, path, { token: given }));
      expect([status, body['code']]).toEqual([403, 'recovery_required']);
      expect(body['message']).toBe('Get new recovery codes or add a second factor first.');
      expect(text).not.toContain('bob');
    };

    it('[K-11] opens no route of the application, and does not turn MFA off', async () => {
      await expectClosed('GET', '/app/me');
      await expectClosed('GET', '/app/vault');
      await expectClosed('DELETE', '/mfa/');
      await expectClosed('POST', '/mfa/step-up/');
      expect(await booted.app.get(Sessions, { strict: false }).find(token)).toBeNull();
      expect((await booted.client.get('/mfa/', { token })).body['enabled']).toBe(true);
    });

    it('opens them once it has new codes, and those work', async () => {
      const { status, body } = await booted.client.get('/mfa/recovery/', { token });
      expect(status).toBe(200);
      expect((await booted.client.get('/app/me', { token })).body).toMatchObject({ username: 'bob' });
      expect((await booted.client.get('/app/vault', { token })).status).toBe(401);
      const next = await login.send('bob', { backup_code: String(body['backup_code']) });
      expect(next.body['recovery_codes_remaining']).toBe(0);
      await expectClosed('GET', '/app/me', login.token(next));
      expect((await booted.client.get('/app/me', { token })).status).toBe(200);
    });

    it('[K-11] stays closed while there are no new codes, whichever statement fails', async () => {
      for (let place = 0; ; place++) {
        const count = failStatement(booted.database, place, 'before');
        const { status } = await booted.client.get('/mfa/recovery/', { token });
        const isOver = count() <= place;
        const isOpen = (await booted.client.get('/app/me', { token })).status === 200;
        const hasCodes = remainingOf(await rowOf(booted, 'bob'), 'backup') === 1;
        expect(isOpen && !hasCodes).toBe(false);
        expect(isOver).toBe(status === 200 && isOpen);
        if (isOver) return;
      }
    });

    it('reaches the routes of its factors, and logs out', async () => {
      const request = { token, json: { phone_number: '14085550199' } };
      expect((await booted.client.put('/mfa/sms/request/', request)).body['code']).toBe('mfa_enabled');
      const verify = { token, json: { mfa_code: '123456' } };
      expect((await booted.client.put('/mfa/sms/verify/', verify)).body['code']).toBe('mfa_enabled');
      expect((await booted.client.post('/mfa/logout/', { token })).status).toBe(204);
      expect((await booted.client.get('/mfa/', { token })).status).toBe(401);
    });

    it('keeps nobody else out: a code by SMS opens everything', async () => {
      const other = await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
      expect((await booted.client.get('/app/vault', { token: other })).status).toBe(200);
    });

    it.runIf(name === 'oauth2')('[K-11] is not opened by a refresh', async () => {
      const { path, headers } = login.request('bob');
      const form = { grant_type: 'refresh_token', refresh_token: refresh };
      const refreshed = await booted.client.post(path, { headers, form });
      expect(refreshed.body).not.toHaveProperty('recovery_codes_remaining');
      await expectClosed('GET', '/app/me', login.token(refreshed));
      token = login.token(refreshed)!;
      expect((await booted.client.get('/mfa/recovery/', { token })).status).toBe(200);
      expect((await booted.client.get('/app/me', { token })).status).toBe(200);
    });
  },
);
