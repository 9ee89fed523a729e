import { MfaError } from '../core/mfa-error.js';

/** Refuses if there are seconds to wait. @throws {MfaError} `locked`, 429 with `Retry-After` */
export function refuseIf(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0) throw new MfaError('locked', { retryAfterSeconds });
}
