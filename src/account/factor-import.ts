import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { NewFactorBody } from '../enrolment/factor-body.js';
import { KnownFactors } from '../enrolment/known-factors.js';
import { type NewFactor, NewFactors } from '../enrolment/new-factors.js';
import { readBody } from '../http/body.js';
import { Sessions } from '../session/sessions.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { turnedOn, withAdded } from '../store/row-changes.js';
import { hasAll } from '../verification/claims.js';

/** Takes over factors that were verified elsewhere. */
@Injectable()
export class FactorImport {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly newFactors: NewFactors,
    private readonly known: KnownFactors,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
  ) {}

  /** Returns the import bound to a transaction of the application. */
  within(manager: EntityManager): FactorImport {
    const { store, newFactors, known, sessions, events } = this;
    return new FactorImport(
      store.within(manager),
      newFactors,
      known.within(manager),
      sessions.within(manager),
      events.within(manager),
    );
  }

  /** Takes the body of the challenge's `request`, and asks for no proof. @throws {MfaError} */
  async enable(userId: string, type: string, body: object): Promise<void> {
    const request = await this.newFactors.read(type, body);
    const made = await this.newFactors.make(type, request, { id: userId, name: userId });
    // Its user would never see it, or has not made it yet, and could never sign in again.
    const isComplete = !made.show && (await this.known.isComplete(userId, made.factor));
    if (!isComplete)
      throw new TypeError(`enable() cannot make the device of a user for \`${type}\`. Use importFactor() for it.`);
    await this.turnOn(made);
  }

  /** Takes what another library has kept of a factor. @throws {MfaError} or the challenge's error */
  async import(userId: string, type: string, imported: object): Promise<void> {
    readBody(NewFactorBody, { ...imported, type });
    const made = await this.newFactors.import(type, imported, { id: userId, name: userId });
    if (!(await this.known.claim(userId, made.factor))) throw new TypeError('Another factor has this device already.');
    await this.takeOver(made, async (row, factor, now) => {
      // Two factors with one key would take each of its codes twice.
      if (await this.known.include(row, made)) throw new TypeError('The user has this device already.');
      if (hasAll(row, type, this.newFactors.mostOf(type))) throw new MfaError('too_many_factors');
      return withAdded(row, factor, now);
    });
  }

  private turnOn(made: NewFactor): Promise<void> {
    return this.takeOver(made, () => {
      throw new MfaError('mfa_enabled');
    });
  }

  private async takeOver(
    { factor, moment }: NewFactor,
    beside: (
      row: AbstractMultiFactorAuth,
      factor: Factor,
      now: Date,
    ) => MultiFactorAuthChange | Promise<MultiFactorAuthChange>,
  ): Promise<void> {
    const { id: userId } = moment.user;
    const confirmed = { ...factor, confirmedAt: moment.now };
    const { row: enabled, outcome: isAdded } = await this.store.amend(userId, async (row, now) => ({
      change: row?.enabled ? await beside(row, confirmed, now) : turnedOn(row, confirmed, now),
      outcome: row?.enabled ?? false,
    }));
    await this.sessions.removeBefore(userId, enabled!.authEpoch);
    const about = { userId, at: moment.now, challengeType: factor.type };
    await this.events.tell({ type: isAdded ? 'factor_added' : 'enabled', ...about });
  }
}
