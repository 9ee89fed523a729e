import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
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

/** A proof that is paid for and judged, and whose outcome is not written yet. */
export interface Weighed {
  trial: Trial;
  row: AbstractMultiFactorAuth;
  /** The user's epoch after the outcome, if the proof is right. */
  nextEpoch?: number;
}
