import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChallengeContexts } from '../challenge/challenge-contexts.js';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import type { ChallengeContext } from '../challenge/challenge.js';
import { Cipher } from '../crypto/cipher.js';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { randomId } from '../crypto/randomness.js';
import { readBody } from '../http/body.js';
import { Sessions } from '../session/sessions.js';
import type { Factor } from '../store/factor.js';
import { MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { enrol } from './enrol.js';
import { enabledWith } from '../store/pending-factor.js';

const TRIES = 20;

/** Turns MFA on over a factor that was verified elsewhere. */
@Injectable()
export class FactorImport {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly contexts: ChallengeContexts,
    private readonly store: MultiFactorAuthStore,
    private readonly cipher: Cipher,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
  ) {}

  /** Returns the import bound to a transaction of the application. */
  within(manager: EntityManager): FactorImport {
    const { registry, contexts, store, cipher, sessions, events } = this;
    return new FactorImport(
      registry,
      contexts,
      store.within(manager),
      cipher,
      sessions.within(manager),
      events.within(manager),
    );
  }

  /** Takes what the challenge's `request` takes, and asks for no proof. @throws {MfaError} */
  async carryOut(userId: string, type: string, body: object): Promise<void> {
    const context = this.contexts.now(userId, 'enrolment');
    const factor = await this.factor(type, body, context);
    for (let tries = TRIES; tries > 0; tries--) {
      if (await this.keep(factor, context)) {
        await this.sessions.endAll(userId);
        return this.events.tell({ type: 'enabled', userId, at: context.now, challengeType: type });
      }
    }
    throw new MfaError('server_error');
  }

  private async factor(type: string, body: object, context: ChallengeContext): Promise<Factor> {
    const [challenge, Body] = [this.registry.get(type), this.registry.body(type)];
    if (!challenge || !Body) throw new RangeError(`There is no challenge '${type}' among the \`challenges\`.`);
    const { state, hint } = await enrol(challenge, readBody(Body, body), context);
    const id = randomId();
    const sealedState = await this.cipher.seal(state, { userId: context.userId, factorId: id });
    return { id, type, hint, sealedState, createdAt: context.now, confirmedAt: context.now };
  }

  // False when another request changed the row meanwhile.
  private async keep(factor: Factor, { userId, now }: ChallengeContext): Promise<boolean> {
    const record = await this.store.find(userId);
    if (record?.enabled) throw new MfaError('mfa_enabled');
    const change = enabledWith(record ?? { factors: [], authEpoch: 0 }, factor);
    return record ? this.store.change(record, change, now) : this.store.create(userId, change, now);
  }
}
