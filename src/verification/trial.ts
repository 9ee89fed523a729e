import { secondsAfter } from '../core/clock.js';
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

/** Seconds after a proof was accepted in which a wrong one belongs to the same burst. */
const BURST_SECONDS = 1;

/**
 * Says whether another proof of these factors was accepted since the request began, or just before. Concurrent guesses must then
 * learn nothing: the success has reset the count of failures, and the burst could go on.
 */
export function isOvertaken({ startedAt }: Claim, before: readonly Factor[], now: readonly Factor[]): boolean {
  return now.some(
    ({ id, sealedState, lastUsedAt }) =>
      isOfBurst(startedAt, lastUsedAt) ||
      before.some((factor) => factor.id === id && factor.sealedState !== sealedState),
  );
}

// A clock that stands still, as in tests, cannot tell concurrent requests from later ones.
function isOfBurst(startedAt: Date, lastUsedAt: Date | undefined): boolean {
  if (!lastUsedAt || startedAt.getTime() === lastUsedAt.getTime()) return false;
  return startedAt < secondsAfter(lastUsedAt, BURST_SECONDS);
}
