import { Injectable } from '@nestjs/common';
import { BackupCodeOptions } from '../challenge/recovery/backup-code-options.js';
import type { ChallengeMetadata } from '../challenge/challenge.js';
import type { EventOrigin } from '../core/events.js';
import type { Purpose } from '../core/purpose.js';
import { Attempts } from '../limits/attempts.js';
import { isUsedUp } from '../limits/message-budget.js';
import { MessageOptions } from '../limits/message-options.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import { livePending, turnedOff, turnedOn, withAdded, withFactor } from '../store/row-changes.js';
import type { NamedUser } from '../users/user-directory.js';

/** A claim: this is the proof of a factor of this type. */
export interface Claim {
  type: string;
  /** The factor, if the user may have several of the type and the proof is for one. Default: the first one. */
  factorId?: string;
  purpose: Purpose;
  /** As the client sent it. */
  proof: unknown;
  user: NamedUser;
  /** What the ceremony returned, if the caller keeps it. For an enrolment, the row keeps it. */
  phase?: unknown;
  /** The pending login or step-up that it is for: the statement that spends the proof spends it too. */
  pending?: { id: string; expiresAt: Date };
  /** Whether it comes from a network that the user has signed in from. */
  isKnownNetwork: boolean;
  /** When the request began: proofs that were sent together count together. */
  startedAt: Date;
  /** Who asks, for the events. */
  origin?: EventOrigin;
}

/** What a claim is judged against, and what a right proof changes. */
export interface ClaimRule {
  /** The factors of a row that the proof may be for. */
  factors(row: AbstractMultiFactorAuth, challenge: Required<ChallengeMetadata>, claim: Claim, now: Date): Factor[];
  /** What a right proof changes, given the factor with its next state. */
  change(row: AbstractMultiFactorAuth, proven: Factor, now: Date, claim: Claim): MultiFactorAuthChange;
}

const USED: ClaimRule = {
  factors: ({ factors }, { type, many }, { factorId }) => {
    const own = factors.filter((factor) => factor.type === type);
    if (many) return own;
    return factorId === undefined ? own.slice(0, 1) : own.filter(({ id }) => id === factorId);
  },
  change: withUsed,
};

function withUsed({ factors }: AbstractMultiFactorAuth, proven: Factor): MultiFactorAuthChange {
  return { factors: withFactor(factors, proven) };
}

// Guesses at an enrolment are no guesses at a login. With MFA on, only a factor that is named is added to the others.
const CONFIRMED: ClaimRule = {
  factors: (row, { type, lifeSeconds, maxPerUser }, { factorId }, now) => {
    const pending = livePending(row, type, now, lifeSeconds);
    const asked = factorId === undefined ? pending : pending.filter(({ id }) => id === factorId);
    const isOpen = row.enabled ? factorId !== undefined && !hasAll(row, type, maxPerUser) : true;
    return isOpen ? asked : [];
  },
  change: (row, proven, now, { origin }) => {
    const confirmed = { ...proven, confirmedAt: now, toldInARow: undefined };
    const kept = { id: origin?.sessionId ?? null };
    return row.enabled ? withAdded(row, confirmed, now, kept) : turnedOn(row, confirmed, now, kept);
  },
};

/** Says whether a user has as many factors of a type as one may. */
export function hasAll({ factors }: AbstractMultiFactorAuth, type: string, most: number): boolean {
  return factors.filter((factor) => factor.type === type).length >= most;
}

/** The rules of a factor, by purpose. */
const FACTOR: Record<Purpose, ClaimRule> = { enrolment: CONFIRMED, login: USED, 'step-up': USED };

/** Finds the rule of a claim. */
@Injectable()
export class ClaimRules {
  private readonly disabling: ClaimRule = {
    ...USED,
    // Who has only the password could drive the owner into turning MFA off.
    change: (row, proven, now) => (this.isPressed(row, now) ? withUsed(row, proven) : turnedOff(row, now)),
  };

  constructor(
    private readonly options: BackupCodeOptions,
    private readonly messages: MessageOptions,
    private readonly attempts: Attempts,
  ) {}

  of({ role }: Required<ChallengeMetadata>, purpose: Purpose): ClaimRule {
    if (role === 'factor') return FACTOR[purpose];
    return this.options.onUse === 'disable' ? this.disabling : USED;
  }

  // Wrong codes have locked the user, or so many messages were asked for elsewhere that there is none left there.
  private isPressed(row: AbstractMultiFactorAuth, now: Date): boolean {
    return this.attempts.hasLocked(row, now) || isUsedUp(row.sentMessages, now, this.messages);
  }
}
