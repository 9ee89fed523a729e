import { Injectable } from '@nestjs/common';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { Clock } from '../core/clock.js';
import { MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { Verifier } from './verifier.js';

/** Judges a recovery code outside a login. */
@Injectable()
export class RecoveryProof {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly registry: ChallengeRegistry,
    private readonly verifier: Verifier,
    private readonly clock: Clock,
  ) {}

  /** Says whether a recovery code is right, and uses it as a login does. @throws {MfaError} `locked` */
  async isRight(userId: string, proof: string): Promise<boolean> {
    const [row, type] = [await this.store.find(userId), this.registry.recoveryType];
    if (!row?.enabled || type === undefined) return false;
    const user = { id: userId, name: userId };
    // The application asks, and does not say from where.
    const about = { user, startedAt: this.clock.now(), isKnownNetwork: false };
    const claim = { type, purpose: 'login', proof, ...about } as const;
    return (await this.verifier.verify(row, claim)).kind === 'right';
  }
}
