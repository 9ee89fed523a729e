import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { prompted } from '../support/prompted.js';

/** @see https://www.rfc-editor.org/rfc/rfc9470 */
describe.each(PLATFORMS)('RFC 9470 (step-up authentication challenge) on %s', (platform) => {
  let booted: BootedApp;
  let token: string;
  beforeEach(async () => {
    booted = await bootApp({ platform });
    await enrolled(booted, 'bob');
    token = await booted.client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
  });
  afterEach(() => booted.close());

  const vault = (): Promise<Answered> => booted.client.get('/app/vault', { token, scheme: 'Bearer' });
  const stepUp = (json: object): Promise<Answered> => booted.client.post('/mfa/step-up/', { token, json });

  describe('§3 authentication requirements challenge', () => {
    it('a recent enough authentication is not challenged', async () => {
      booted.clock.advance(300);
      expect((await vault()).status).toBe(200);
    });

    it('401 with the error insufficient_user_authentication and the max_age that the route asks for', async () => {
      booted.clock.advance(301);
      const { status, headers, body } = await vault();
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe(
        'Bearer realm="mfa", error="insufficient_user_authentication", max_age="300"',
      );
      expect(body).toEqual({
        statusCode: 401,
        error: 'Unauthorized',
        message: 'A more recent sign-in or second factor is required.',
        code: 'insufficient_user_authentication',
      });
    });

    it('a token that is invalid is invalid_token before it is insufficient', async () => {
      const { headers } = await booted.client.get('/app/vault', { token: 'unknown' });
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    });

    it('challenges the management of MFA with its own max_age', async () => {
      booted.clock.advance(901);
      const { status, headers } = await booted.client.delete('/mfa/', { token });
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toContain('insufficient_user_authentication", max_age="900"');
    });
  });

  describe('§4 the client meets the requirements', () => {
    beforeEach(() => booted.clock.advance(301));

    it('by a second factor on the live session, and the route opens', async () => {
      const asked = await stepUp({});
      expect([asked.status, asked.body]).toEqual([200, prompted('sms')]);
      expect((await vault()).status).toBe(401);
      const proven = await stepUp({ mfa_code: booted.outbox.lastCode() });
      expect([proven.status, proven.body]).toEqual([200, { mfa_required: false }]);
      expect((await vault()).body).toEqual({ username: 'bob' });
    });

    it('by a new sign-in with the second factor', async () => {
      token = await booted.client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
      expect((await vault()).status).toBe(200);
    });

    it('not by a wrong code, and not by a code that was sent for a login', async () => {
      const mfa_code = await codeByLogin(booted, 'bob');
      for (const code of [mfa_code, '000000', '']) expect((await stepUp({ mfa_code: code })).status).toBe(400);
      expect((await vault()).status).toBe(401);
    });

    it('not by a backup code', async () => {
      await stepUp({});
      await stepUp({ mfa_code: booted.outbox.lastCode() });
      const { body } = await booted.client.get('/mfa/recovery/', { token });
      booted.clock.advance(301);
      expect((await stepUp({ backup_code: body['backup_code'] })).body).not.toEqual({ mfa_required: false });
      expect((await vault()).status).toBe(401);
    });

    it('for this session alone', async () => {
      const other = await booted.client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
      booted.clock.advance(301);
      await stepUp({});
      await stepUp({ mfa_code: booted.outbox.lastCode() });
      expect((await vault()).status).toBe(200);
      expect((await booted.client.get('/app/vault', { token: other })).status).toBe(401);
    });
  });

  it('a user without a second factor is told to enrol by acr_values: no max_age could help', async () => {
    token = await booted.client.token('alice');
    const { status, headers, body } = await vault();
    expect([status, body['code']]).toEqual([401, 'mfa_enrolment_required']);
    expect(headers.get('www-authenticate')).toBe(
      'Bearer realm="mfa", error="insufficient_user_authentication", acr_values="mfa"',
    );
    expect((await stepUp({})).body['code']).toBe('mfa_disabled');
  });
});
