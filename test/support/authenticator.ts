import { Secret, TOTP } from 'otpauth';
import { MultiFactorAuthService, SmsChallenge, TotpChallenge } from '../../src/index.js';
import type { TotpImport } from '../../src/challenge/totp/totp-import.js';
import type { BootedApp } from './boot-app.js';

/** The options of an application with authenticator apps beside phones. */
export const WITH_APPS = { challenges: [SmsChallenge, TotpChallenge], totp: { issuer: 'Example Bank' } };

/** A key as apps take it when nothing else is said. */
export const KEY = { secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', algorithm: 'sha1', digits: 6, period: 30 } as const;

type Shape = Pick<Required<TotpImport>, 'secret' | 'period'>;

/** Turns MFA on with the key of an app that a user has already. */
export function importKey({ app, users }: BootedApp, username: string, key: TotpImport = KEY): Promise<void> {
  const userId = String(users.named(username).id);
  return app.get(MultiFactorAuthService, { strict: false }).importFactor(userId, 'totp', key);
}

/** The code that the app shows, so many steps from now, by an implementation that is not ours. */
export function codeAt({ clock }: BootedApp, steps = 0, { secret, period }: Shape = KEY): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret), period });
  return totp.generate({ timestamp: clock.now().getTime() + steps * period * 1000 });
}
