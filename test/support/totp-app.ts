import { URI as OtpauthUri, type TOTP } from 'otpauth';
import type { TestClock } from '../../src/testing.js';

/** What a user is shown of a new authenticator app. */
export interface ShownKey {
  secret: string;
  otpauth_uri: string;
  qr_svg: string;
}

/** The code that an authenticator app shows next: each works once. By an implementation that is not ours. */
export function nextCode({ otpauth_uri }: ShownKey, clock: TestClock): string {
  clock.advance(60);
  return (OtpauthUri.parse(otpauth_uri) as TOTP).generate({ timestamp: clock.now().getTime() });
}
