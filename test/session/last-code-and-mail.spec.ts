import { afterEach, describe, expect, it } from 'vitest';
import {
  EmailChallenge,
  type MailMessage,
  type MfaClaims,
  MultiFactorAuth,
  MultiFactorAuthService,
  OwnCredential,
  type OwnSignIn,
} from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { rowOf } from '../support/factor-rows.js';
import type { TestUser } from '../support/test-users.js';

/** Takes what the test says for proven, as if it were in a signed token. */
class HeaderCredential extends OwnCredential {
  read({ headers }: { headers: { 'x-signed-in'?: string } }): OwnSignIn | null {
    return JSON.parse(headers['x-signed-in'] ?? 'null') as OwnSignIn | null;
  }

  issue({ username }: TestUser, claims: MfaClaims) {
    return { username, claims };
  }
}

let booted: BootedApp;
afterEach(() => booted.close());

const sent = (method: string, path: string, signedIn: OwnSignIn, json?: object) =>
  booted.client.request(method, path, { headers: { 'x-signed-in': JSON.stringify(signedIn) }, json });

describe.each(PLATFORMS)(
  "the application's own credential of a user whose recovery codes are used up, on %s",
  (platform) => {
    /** Bob with an address and no recovery code left, signed in as `amr` says. */
    async function boot(): Promise<(amr: string[]) => OwnSignIn> {
      const mails: MailMessage[] = [];
      const sender = (mail: MailMessage) => Promise.resolve(void mails.push(mail));
      booted = await bootApp({
        platform,
        mfa: { challenges: [EmailChallenge], email: { sender }, signedIn: HeaderCredential },
      });
      const auth_time = booted.clock.now().getTime() / 1000;
      const bob = (amr: string[], mfa_epoch: number) =>
        ({ userId: 2, claims: { amr, auth_time, acr: '1fa', mfa_epoch } }) as const;
      await sent('PUT', '/mfa/email/request/', bob(['pwd'], 0), { email: 'bob@example.com' });
      await sent('PUT', '/mfa/email/verify/', bob(['pwd'], 0), { mfa_code: mails.at(-1)!.code });
      const epoch = await booted.app.get(MultiFactorAuthService).epoch('2');
      await sent('GET', '/mfa/recovery/', bob(['pwd', 'email'], epoch));
      const { factors } = await rowOf(booted, 'bob');
      const left = factors.map((factor) => (factor.type === 'backup' ? { ...factor, remaining: 0 } : factor));
      await booted.database.getRepository(MultiFactorAuth).update({ userId: '2' }, { factors: left });
      return (amr) => bob(amr, epoch);
    }

    it.each([
      [['pwd', 'email'], 200],
      [['fed', 'email'], 200],
      [['pwd', 'backup', 'email'], 200],
      [['pwd', 'backup'], 403],
      // The first step of the application's login was a link by mail.
      [['email', 'backup'], 403],
      [['pwd'], 403],
      [[], 403],
    ])('with %j gets %i: only the last recovery code opens nothing but recovery', async (amr, status) => {
      const bob = await boot();
      const answer = await sent('GET', '/app/me', bob(amr));
      expect([answer.status, answer.body['code']]).toEqual([status, status === 403 ? 'recovery_required' : undefined]);
    });
  },
);
