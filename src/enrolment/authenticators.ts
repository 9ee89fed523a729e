import { Injectable } from '@nestjs/common';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { CredentialIds } from '../store/credential-ids.js';
import type { Factor } from '../store/factor.js';
import { FactorStates } from '../store/factor-states.js';
import type { NamedUser } from '../users/user-directory.js';

/** What a client tells its authenticators, e.g. `PublicKeyCredential.signalAllAcceptedCredentials`. */
export interface FactorSignal {
  signal?: object;
}

/** Keeps in step what authenticators and the module know of a user's factors. */
@Injectable()
export class Authenticators {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly states: FactorStates,
    private readonly ids: CredentialIds,
  ) {}

  /** Gives up the credential of a factor that was removed. Returns what the answer adds. */
  async removed(row: AbstractMultiFactorAuth, removed: Factor, user: NamedUser): Promise<FactorSignal> {
    if (this.registry.get(removed.type)?.challenge.identity) await this.ids.release(row.userId, removed.id);
    return this.changed(row, removed, user);
  }

  /** Returns what the answer adds after a factor was removed or renamed. Nothing for what no authenticator remembers. */
  async changed({ factors }: AbstractMultiFactorAuth, changed: Factor, user: NamedUser): Promise<FactorSignal> {
    const { challenge } = this.registry.get(changed.type) ?? {};
    if (!challenge?.signal) return {};
    const left = await this.opened(
      user.id,
      factors.filter(({ type }) => type === changed.type),
    );
    const [state] = await this.opened(user.id, [changed]);
    if (state === undefined) return {};
    return { signal: challenge.signal(left, state, this.registry.moment(changed.type, user, 'enrolment')) };
  }

  // The change is made: what does not open is no reason to fail.
  private async opened(userId: string, factors: readonly Factor[]): Promise<unknown[]> {
    const opens = await Promise.all(factors.map((factor) => this.states.opens(userId, factor).catch(() => false)));
    return Promise.all(factors.filter((_, index) => opens[index]).map((factor) => this.states.open(userId, factor)));
  }
}
