import { Injectable, Logger } from '@nestjs/common';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { errorName } from '../core/error-name.js';
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
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly states: FactorStates,
    private readonly ids: CredentialIds,
  ) {}

  /** Gives up the credential of a factor that was removed. Returns what the answer adds. */
  async removed(row: AbstractMultiFactorAuth, removed: Factor, user: NamedUser): Promise<FactorSignal> {
    await this.release(row.userId, removed);
    return this.changed(row, removed, user);
  }

  /**
   * Returns what the answer adds after a factor was removed or renamed. Nothing for what no authenticator remembers, and nothing if a factor
   * does not open now: browsers drop every passkey that the answer leaves out.
   */
  async changed({ factors }: AbstractMultiFactorAuth, changed: Factor, user: NamedUser): Promise<FactorSignal> {
    const { challenge } = this.registry.get(changed.type) ?? {};
    if (!challenge?.signal) return {};
    const left = factors.filter(({ type }) => type === changed.type);
    try {
      const [state, ...others] = await Promise.all([changed, ...left].map((one) => this.states.open(user.id, one)));
      return { signal: challenge.signal(others, state, this.registry.moment(changed.type, user, 'enrolment')) };
    } catch (error) {
      // The change is made, so the answer must not fail.
      this.logger.error(`No signal for authenticators: ${errorName(error)}`);
      return {};
    }
  }

  private async release(userId: string, { id, type }: Factor): Promise<void> {
    if (!this.registry.get(type)?.challenge.identity) return;
    try {
      await this.ids.release(userId, id);
    } catch (error) {
      // The next one who registers the credential takes it over.
      this.logger.error(`Could not release a credential: ${errorName(error)}`);
    }
  }
}
