import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { Attempts } from '../limits/attempts.js';
import type { LiveSession } from '../session/live-session.js';
import { refuseEnded } from '../session/unauthenticated.js';
import { Freshness } from '../step-up/freshness.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';
import { hasAll } from '../verification/claims.js';
import { NewFactors } from './new-factors.js';

/** What is asked for. */
interface Asked {
  type: string;
  /** Whether it is added to the factors that the user has. Otherwise it is refused while MFA is on. */
  isAdded?: boolean;
}

/** Says whether a user may ask for a factor now. */
@Injectable()
export class EnrolmentGate {
  constructor(
    private readonly newFactors: NewFactors,
    private readonly attempts: Attempts,
    private readonly freshness: Freshness,
  ) {}

  /** Refuses a request that must not make a factor. @throws {MfaError} */
  refuseUnlessOpen(session: LiveSession, row: SeenRow, { type, isAdded = false }: Asked, now: Date): void {
    if (row?.enabled && !isAdded) throw new MfaError('mfa_enabled');
    if (row?.enabled && hasAll(row, type, this.newFactors.mostOf(type))) throw new MfaError('too_many_factors');
    // Of any kind: a lock kills what is pending.
    if (row) this.attempts.refuseIfLocked(row, { role: 'factor', guessable: true, isKnownNetwork: false }, now);
    refuseEnded(session, row);
    // A factor beside others decides over all of them. The first one is taken as Deux takes it, or after a fresh sign-in.
    if (isAdded) this.freshness.requireForManagement(session, row);
    else this.freshness.requireForEnrolment(session);
  }
}
