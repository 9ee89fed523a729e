import { Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import { Attempts } from '../limits/attempts.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Claim } from './claims.js';
import { type Method, Methods } from './methods.js';

/** A proof that a lock may have refused. */
type LockedProof = Pick<Claim, 'purpose' | 'isKnownNetwork'>;

/** Says which methods a lock leaves open. Only a client that has passed the first half of a login gets here. */
@Injectable()
export class OpenMethods {
  constructor(
    private readonly methods: Methods,
    private readonly attempts: Attempts,
    private readonly clock: Clock,
  ) {}

  /** Returns the error with what still works, if it is a lock that leaves something. */
  of(error: unknown, row: AbstractMultiFactorAuth, { purpose, isKnownNetwork }: LockedProof): unknown {
    if (!(error instanceof MfaError) || error.code !== 'locked') return error;
    const now = this.clock.now();
    const isOpen = ({ metadata: { role, guessable } }: Method) =>
      this.attempts.lockedSeconds(row, { role, guessable, isKnownNetwork }, now) === 0;
    const open = this.methods.for(row, purpose).filter(isOpen);
    if (open.length === 0) return error;
    const { retryAfterSeconds } = error;
    return new MfaError('locked', { retryAfterSeconds, more: { open_methods: open.map(({ id }) => id) } });
  }
}
