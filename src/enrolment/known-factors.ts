import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { CredentialIds } from '../store/credential-ids.js';
import type { Factor } from '../store/factor.js';
import { FactorStates } from '../store/factor-states.js';
import type { NewFactor } from './new-factors.js';

/** Finds devices that a user would have twice, and those that another user has. */
@Injectable()
export class KnownFactors {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly states: FactorStates,
    private readonly ids: CredentialIds,
  ) {}

  /** Returns the same bound to a transaction of the application. */
  within(manager: EntityManager): KnownFactors {
    return new KnownFactors(this.registry, this.states, this.ids.within(manager));
  }

  /** Says whether factors of this type have something that no other factor of any user may have, e.g. the id of a passkey. */
  areUnique(type: string): boolean {
    return this.registry.get(type)?.challenge.identity !== undefined;
  }

  /** Says whether a factor has all that it proves with. A passkey has not, until its authenticator has made it. */
  async isComplete(userId: string, factor: Factor): Promise<boolean> {
    const { challenge } = this.registry.get(factor.type)!;
    return !challenge.identity || challenge.identity(await this.states.open(userId, factor)) !== undefined;
  }

  /** Claims what no other factor may have, before the factor comes into force. False if another factor has it. */
  async claim(userId: string, factor: Factor): Promise<boolean> {
    const { challenge } = this.registry.get(factor.type)!;
    const identity = challenge.identity?.(await this.states.open(userId, factor));
    return identity === undefined || this.ids.claim({ type: factor.type, identity }, { userId, factorId: factor.id });
  }

  /** Says whether a user has this very device already. */
  async include({ factors }: AbstractMultiFactorAuth, { factor, moment, show }: NewFactor): Promise<boolean> {
    const { challenge } = this.registry.get(factor.type)!;
    const others = factors.filter(({ type }) => type === factor.type);
    // A secret that is shown was made just now.
    if (!challenge.same || show || others.length === 0) return false;
    const userId = moment.user.id;
    const state = await this.states.open(userId, factor);
    for (const other of others) {
      // One that was altered, or whose key is lost, must not keep its owner from adding another.
      const kept = await this.states.openIfWhole(userId, other);
      if (kept !== undefined && challenge.same(kept, state)) return true;
    }
    return false;
  }
}
