import { Injectable } from '@nestjs/common';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import type { LiveSession } from '../session/live-session.js';
import { originOf } from '../session/session-origin.js';
import { Sessions } from '../session/sessions.js';
import type { SignedIn } from '../session/signed-in-request.js';
import { refuseEnded } from '../session/unauthenticated.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { inForce, nextEpoch, turnedOff, withFactor } from '../store/row-changes.js';
import { namedUser } from '../users/user-directory.js';
import { isFactor, Methods } from '../verification/methods.js';
import { Authenticators, type FactorSignal } from './authenticators.js';
import { enabledOf } from './removal.js';

/** What a user may change of a factor. */
export interface FactorChange {
  name?: string;
  default?: true;
}

/** A factor to be changed, and the network that asks. */
interface Asked {
  id: string;
  network: string;
}

/** What happened to a factor, by a request from a network. */
interface Told {
  type: 'default_factor_changed' | 'factor_removed';
  factor: Factor;
  row: AbstractMultiFactorAuth;
  network: string;
}

/** Renames, prefers and removes the factors of a signed-in user. */
@Injectable()
export class Factors {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly methods: Methods,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
    private readonly authenticators: Authenticators,
  ) {}

  /** The factors of a user, the default one first. Recovery codes are none. */
  of(row: AbstractMultiFactorAuth): Factor[] {
    return this.methods
      .of(row)
      .filter(isFactor)
      .flatMap(({ factors }) => factors);
  }

  /**
   * Names a factor, or makes it the one that login asks for. Returns the new row, and what the client's authenticators must know.
   * @throws {MfaError} `method_not_available`
   */
  async change(
    given: SignedIn,
    { id, network }: Asked,
    change: FactorChange,
  ): Promise<FactorSignal & { row: AbstractMultiFactorAuth }> {
    const { row, factor } = await this.amend(given, id, (seen, own) => changed(seen, own, change));
    if (change.default) await this.tell(given, { type: 'default_factor_changed', factor, row, network });
    return { row, ...(await this.authenticators.changed(row, factor, namedUser(given.user))) };
  }

  /**
   * Removes a factor, and ends the user's other sessions: it may have opened them. Without any factor left, MFA is off, and the recovery
   * codes go too. Returns the session, which goes on, and what the client's authenticators must know.
   * @throws {MfaError} `method_not_available`
   */
  async remove(given: SignedIn, { id, network }: Asked): Promise<FactorSignal & { goesOn: LiveSession }> {
    const { session } = given;
    const { row, factor } = await this.amend(given, id, (seen, own, now) => this.without(seen, own, now, session));
    // Also if what is left is no second factor: the session has none to show any more.
    const goesOn =
      this.methods.secondFactors(row).length > 0
        ? await this.sessions.continueAlone(session, { authEpoch: row.authEpoch })
        : await this.sessions.continueWithoutFactor(session, row.authEpoch);
    await this.tell(given, { type: 'factor_removed', factor, row, network });
    if (!row.enabled) {
      await this.events.tell({ type: 'disabled', userId: row.userId, at: row.updatedAt }, originOf(session, network));
    }
    return { goesOn, ...(await this.authenticators.removed(row, factor, namedUser(given.user))) };
  }

  private async amend(
    { session, row: seen }: SignedIn,
    id: string,
    decide: (row: AbstractMultiFactorAuth, factor: Factor, now: Date) => MultiFactorAuthChange,
  ): Promise<{ row: AbstractMultiFactorAuth; factor: Factor }> {
    const amended = await this.store.amend(
      session.userId!,
      (current, now) => {
        const row = enabledOf(current);
        refuseEnded(session, row);
        const factor = this.factorOf(row, id);
        return { change: decide(row, factor, now), outcome: factor };
      },
      seen,
    );
    return { row: amended.row!, factor: amended.outcome };
  }

  // Recovery codes have routes of their own.
  private factorOf(row: AbstractMultiFactorAuth, id: string): Factor {
    const factor = this.of(row).find((one) => one.id === id);
    if (!factor) throw new MfaError('method_not_available');
    return factor;
  }

  private without(row: AbstractMultiFactorAuth, removed: Factor, now: Date, kept: LiveSession): MultiFactorAuthChange {
    const left = this.of(row).filter(({ id }) => id !== removed.id);
    const next = left.find(({ type }) => type === row.challengeType) ?? left[0];
    if (!next) return turnedOff(row, now, kept);
    const factors = row.factors.filter(({ id }) => id !== removed.id);
    return { ...inForce(factors, next.type), ...nextEpoch(row, now, kept) };
  }

  private tell({ session }: SignedIn, { type, factor, row: { userId, updatedAt: at }, network }: Told): Promise<void> {
    return this.events.tell({ type, userId, at, challengeType: factor.type }, originOf(session, network));
  }
}

function changed(
  row: AbstractMultiFactorAuth,
  factor: Factor,
  { name, default: isDefault }: FactorChange,
): MultiFactorAuthChange {
  const named = name === undefined ? factor : { ...factor, name };
  const factors = withFactor(row.factors, named);
  if (!isDefault) return inForce(factors, row.challengeType);
  // The default one is the first of its type.
  return inForce([named, ...factors.filter(({ id }) => id !== named.id)], named.type);
}
