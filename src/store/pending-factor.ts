import { secondsAfter } from '../core/clock.js';
import { type AbstractMultiFactorAuth, SMS } from './abstract-multi-factor-auth.js';
import type { Factor } from './factor.js';
import type { MultiFactorAuthChange } from './multi-factor-auth.store.js';
import { withFactor } from './row-changes.js';

const PENDING_SECONDS = 600;

/**
 * The requested factor of a type, if its time is not over. One that was guessed at until the account was locked is dead:
 * none can be requested during a lock, so that one made before its end was made before it.
 */
export function livePending(
  { pendingFactors, codeLockedUntil }: AbstractMultiFactorAuth,
  type: string,
  now: Date,
): Factor | undefined {
  return pendingFactors.find(
    (factor) =>
      factor.type === type &&
      secondsAfter(factor.createdAt, PENDING_SECONDS) >= now &&
      factor.createdAt >= codeLockedUntil,
  );
}

/** The row with this factor pending, in place of an earlier one of its type. */
export function pendingOf(record: AbstractMultiFactorAuth | null, pending: Factor): MultiFactorAuthChange {
  const others = (record?.pendingFactors ?? []).filter(({ type }) => type !== pending.type);
  return { pendingFactors: [...others, pending], ...phoneNumberOf(pending) };
}

/** What a request changes in a row, as it was before. */
export function beforeOf(record: AbstractMultiFactorAuth | null): MultiFactorAuthChange {
  const { pendingFactors = [], phoneNumber = '', sentMessages = [] } = record ?? {};
  return { pendingFactors, phoneNumber, sentMessages };
}

/** MFA on with this factor, and every session of the time before dead. */
export function enabledWith(
  row: Pick<AbstractMultiFactorAuth, 'factors' | 'authEpoch'>,
  factor: Factor,
): MultiFactorAuthChange {
  return {
    challengeType: factor.type,
    phoneNumber: '',
    ...phoneNumberOf(factor),
    factors: withFactor(row.factors, factor),
    pendingFactors: [],
    authEpoch: row.authEpoch + 1,
  };
}

function phoneNumberOf({ type, hint }: Factor): MultiFactorAuthChange {
  return type === SMS ? { phoneNumber: hint } : {};
}
