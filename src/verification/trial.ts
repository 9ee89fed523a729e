import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { Claim } from './claims.js';
import type { Case, Judgement } from './judge.js';

/** The decision over one version of a row. */
export type Decided =
  | { kind: 'right'; afterLock: boolean }
  | { kind: 'wrong'; locks: boolean }
  | { kind: 'waiting' }
  // The proof was not judged, or not again. This costs nothing and tells nothing about the proof.
  | { kind: 'refused' };

/** What a request remembers while it decides over several versions of a row. */
export interface Trial {
  given: Case;
  /** The row at the beginning. */
  began: AbstractMultiFactorAuth;
  /** The failure that was counted before the proof was judged. */
  paid?: { locks: boolean };
  judgements: Map<string, Judgement>;
}

/**
 * Says whether another proof of these factors was accepted since the request began. Concurrent guesses must then learn nothing: the
 * success has reset the count of failures.
 */
export function isOvertaken({ startedAt }: Claim, before: readonly Factor[], now: readonly Factor[]): boolean {
  return now.some(
    ({ id, sealedState, lastUsedAt }) =>
      (lastUsedAt !== undefined && lastUsedAt > startedAt) ||
      before.some((factor) => factor.id === id && factor.sealedState !== sealedState),
  );
}
