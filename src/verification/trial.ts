import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { Claim } from './claims.js';
import type { Case, Judgement } from './judge.js';

/** What was decided over one version of a row. */
export type Decided =
  | { kind: 'right'; afterLock: boolean }
  | { kind: 'wrong'; locks: boolean }
  | { kind: 'waiting' }
  // Not judged, or not judged again: it costs nothing, and tells nothing of the proof.
  | { kind: 'refused' };

/** What one request remembers while it decides over several versions of a row. */
export interface Trial {
  given: Case;
  /** The row that it began with. */
  began: AbstractMultiFactorAuth;
  /** A failure that was counted before the proof was judged. */
  paid?: { locks: boolean };
  judgements: Map<string, Judgement>;
}

/**
 * Whether another proof of these factors was accepted since the request began. What was guessed together with that one must not be
 * told: the success has reset the count of failures.
 */
export function isOvertaken({ startedAt }: Claim, before: readonly Factor[], now: readonly Factor[]): boolean {
  return now.some(
    ({ id, sealedState, lastUsedAt }) =>
      (lastUsedAt !== undefined && lastUsedAt > startedAt) ||
      before.some((factor) => factor.id === id && factor.sealedState !== sealedState),
  );
}
