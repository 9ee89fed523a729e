import { DISABLED, type AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';

/** The factors with this one in its old one's place, or added. */
export function withFactor(factors: readonly Factor[], changed: Factor): Factor[] {
  return [...factors.filter(({ id }) => id !== changed.id), changed];
}

/** MFA off: no factor, no number, no backup code is left, and every session of the time before is dead. */
export function turnedOff({ authEpoch }: AbstractMultiFactorAuth): MultiFactorAuthChange {
  return { challengeType: DISABLED, phoneNumber: '', factors: [], pendingFactors: [], authEpoch: authEpoch + 1 };
}
