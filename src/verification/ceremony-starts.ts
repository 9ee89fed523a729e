import { Injectable } from '@nestjs/common';
import type { Begun, Moment } from '../challenge/challenge.js';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { askChallenge } from '../challenge/failed-challenge-error.js';
import { MfaError } from '../core/mfa-error.js';
import type { Purpose } from '../core/purpose.js';
import type { Factor } from '../store/factor.js';
import { FactorStates } from '../store/factor-states.js';
import type { NamedUser } from '../users/user-directory.js';

/** Starts ceremonies through their challenges. It writes and sends nothing. */
@Injectable()
export class CeremonyStarts {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly states: FactorStates,
  ) {}

  /** This moment, as the challenge of a type sees it. */
  moment(type: string, user: NamedUser, purpose: Purpose): Moment {
    return this.registry.moment(type, user, purpose);
  }

  /** Starts the ceremony of factors of one type. @throws the challenge's error */
  async start(userId: string, factors: readonly Factor[], type: string, moment: Moment): Promise<Begun<unknown>> {
    const { challenge, metadata } = this.registry.get(type) ?? {};
    if (!challenge) throw new MfaError('challenge_failed');
    if (!challenge.begin) return {};
    // One passkey that was altered, or whose key is lost, must not close the others.
    const open = (factor: Factor) =>
      metadata?.many ? this.states.openIfWhole(userId, factor) : this.states.open(userId, factor);
    const states = (await Promise.all(factors.map(open))).filter((state) => state !== undefined);
    if (states.length === 0) throw new MfaError('challenge_failed');
    return askChallenge(() => challenge.begin!(states, moment));
  }
}
