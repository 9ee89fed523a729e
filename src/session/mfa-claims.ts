import { secondsAfter } from '../core/clock.js';
import { NEVER } from '../store/abstract-multi-factor-auth.js';
import type { LiveSession } from './live-session.js';

/** What a sign-in has proven. Put it into your own JWT or session as it is: it is plain JSON. */
export interface MfaClaims {
  /** How the user proved who they are (RFC 8176), e.g. `['pwd', 'otp', 'mfa']`. */
  amr: string[];
  /** When the last of these proofs was given, in seconds since 1970. */
  auth_time: number;
  /** `mfa` after a second factor, `1fa` without one. A backup code is no second factor. */
  acr: 'mfa' | '1fa';
  /** The user's epoch. Whatever ends a user's sessions raises it, e.g. turning MFA on: an older one is refused. */
  mfa_epoch: number;
}

/** Returns what a session has proven, for the application's own credential. */
export function claimsOf({ amr, signedInAt, factorProvenAt, authEpoch }: Proven): MfaClaims {
  const at = factorProvenAt !== null && factorProvenAt > signedInAt ? factorProvenAt : signedInAt;
  return {
    amr,
    auth_time: Math.floor(at.getTime() / 1000),
    acr: factorProvenAt ? 'mfa' : '1fa',
    mfa_epoch: authEpoch,
  };
}

/** Reads claims that the application gives back. What is missing has proven nothing: a credential from before has no claims. */
export function provenBy({ amr, auth_time, acr, mfa_epoch }: Partial<MfaClaims>): Proven {
  const signedInAt = isWhole(auth_time) ? secondsAfter(new Date(0), auth_time) : NEVER;
  return {
    amr: Array.isArray(amr) ? amr.map(String) : [],
    signedInAt,
    factorProvenAt: acr === 'mfa' ? signedInAt : null,
    // The epoch of a user who never had MFA.
    authEpoch: isWhole(mfa_epoch) ? mfa_epoch : 0,
  };
}

type Proven = Pick<LiveSession, 'amr' | 'signedInAt' | 'factorProvenAt' | 'authEpoch'>;

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
