import { Injectable } from '@nestjs/common';
import { BackupCodeOptions } from '../challenge/recovery/backup-code-options.js';
import type { ChallengeMetadata } from '../challenge/challenge.js';
import type { EventOrigin } from '../core/events.js';
import type { Purpose } from '../core/purpose.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import { livePending, turnedOff, turnedOn, withFactor } from '../store/row-changes.js';
import type { NamedUser } from '../users/user-directory.js';

/** A claim: this is the proof of a factor of this type. */
export interface Claim {
  type: string;
  purpose: Purpose;
  /** As the client sent it. */
  proof: unknown;
  user: NamedUser;
  /** What the ceremony returned, if the caller keeps it. For an enrolment, the row keeps it. */
  phase?: unknown;
  /** When the request began: proofs that were sent together count together. */
  startedAt: Date;
  /** Who asks, for the events. */
  origin?: EventOrigin;
}

/** What a claim is judged against, and what a right proof changes. */
export interface ClaimRule {
  /** The factors of a row that the proof may be for. */
  factors(row: AbstractMultiFactorAuth, challenge: Required<ChallengeMetadata>, now: Date): Factor[];
  /** What a right proof changes, given the factor with its next state. */
  change(row: AbstractMultiFactorAuth, proven: Factor, now: Date): MultiFactorAuthChange;
}

const USED: ClaimRule = {
  factors: ({ factors }, { type, many }) => {
    const own = factors.filter((factor) => factor.type === type);
    return many ? own : own.slice(0, 1);
  },
  change: ({ factors }, proven) => ({ factors: withFactor(factors, proven) }),
};

// Guesses at an enrolment are no guesses at a login.
const CONFIRMED: ClaimRule = {
  factors: (row, { type, lifeSeconds }, now) => (row.enabled ? [] : livePending(row, type, now, lifeSeconds)),
  change: (row, proven, now) => turnedOn(row, { ...proven, confirmedAt: now, toldInARow: undefined }, now),
};

/** The rules of a factor, by purpose. */
const FACTOR: Record<Purpose, ClaimRule> = { enrolment: CONFIRMED, login: USED, 'step-up': USED };

/** The rules of recovery, by the option `backupCodes.onUse`. */
const RECOVERY: Record<BackupCodeOptions['onUse'], ClaimRule> = {
  keep: USED,
  disable: { ...USED, change: (row, _, now) => turnedOff(row, now) },
};

/** Finds the rule of a claim. */
@Injectable()
export class ClaimRules {
  constructor(private readonly options: BackupCodeOptions) {}

  of({ role }: Required<ChallengeMetadata>, purpose: Purpose): ClaimRule {
    return role === 'recovery' ? RECOVERY[this.options.onUse] : FACTOR[purpose];
  }
}
