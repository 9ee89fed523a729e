import type { ProofNotice } from '../core/events.js';
import type { ProofKind } from '../limits/attempts.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { Case, HowProven, Judgement } from './judge.js';

/** The decision over one version of a row. */
export type Decided =
  | { kind: 'right'; proven: Factor; afterLock: boolean; how: HowProven; notice?: ProofNotice }
  | { kind: 'wrong'; locks: boolean }
  | { kind: 'replayed' }
  | { kind: 'waiting' }
  // The proof was not judged, or not again. This costs nothing and tells nothing about the proof.
  | { kind: 'refused'; notice?: ProofNotice };

/** What a request remembers while it decides over several versions of a row. */
export interface Trial {
  given: Case;
  /** The row at the beginning. */
  began: AbstractMultiFactorAuth;
  /** The failure that was counted before the proof was judged. */
  paid?: { locks: boolean };
  judgements: Map<string, Judgement>;
}

/** A proof that is paid for and judged, and whose outcome is not written yet. */
export interface Weighed {
  trial: Trial;
  row: AbstractMultiFactorAuth;
  /** If the proof is right: the factor with its next state, and the user's epoch after the outcome. */
  proven?: Factor;
  nextEpoch?: number;
}

/** Begins the trial of a proof over the row that the request has read. */
export function newTrial(given: Case, row: AbstractMultiFactorAuth): Trial {
  return { given, began: row, judgements: new Map() };
}

/** Returns which limits count a proof. */
export function kindOf({ claim: { isKnownNetwork, purpose }, metadata: { role, guessable } }: Case): ProofKind {
  return { role, guessable, isKnownNetwork, isStepUp: purpose === 'step-up' };
}

/** Returns whose places in the queue a proof takes. Somebody else with the password must not take those of the user's known networks. */
export function queueKeyOf({ claim: { user, isKnownNetwork } }: Case): string {
  return JSON.stringify([user.id, isKnownNetwork]);
}

/** A request that began within a second of a right proof may have been sent together with it. */
const BURST_MILLISECONDS = 1000;

/**
 * Returns the factor that was proven last, if the request may have been sent together with that proof. Servers read requests that
 * arrive together one after the other, so the last one of a burst may begin after the first one is over.
 */
export function burstOf({ given, began }: Trial, { factors }: AbstractMultiFactorAuth): Factor | undefined {
  const last = factors.toSorted((one, other) => usedAt(other) - usedAt(one))[0];
  if (!last?.lastUsedAt) return undefined;
  const before = began.factors.find(({ id }) => id === last.id);
  // It was accepted after this request had read the row.
  if (before && usedAt(before) !== usedAt(last)) return last;
  const [startedAt, now, at] = [given.claim.startedAt.getTime(), given.moment.now.getTime(), usedAt(last)];
  // In an application's tests the clock stands still, and one request follows the other.
  if (startedAt === now && now === at) return undefined;
  const isMeanwhile = startedAt <= at && at <= now;
  return isMeanwhile || Math.abs(startedAt - at) < BURST_MILLISECONDS ? last : undefined;
}

function usedAt({ lastUsedAt }: Factor): number {
  return lastUsedAt?.getTime() ?? 0;
}
