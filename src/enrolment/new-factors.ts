import { Injectable } from '@nestjs/common';
import type { Begun, Enrolment, Moment } from '../challenge/challenge.js';
import { ChallengeRegistry, type RegisteredChallenge } from '../challenge/challenge-registry.js';
import { askChallenge } from '../challenge/failed-challenge-error.js';
import { readRequest } from '../http/body.js';
import type { Factor } from '../store/factor.js';
import { FactorStates } from '../store/factor-states.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';
import { livePending } from '../store/row-changes.js';
import type { NamedUser } from '../users/user-directory.js';
import { CeremonyStarts } from '../verification/ceremony-starts.js';
import { SlowQueue } from '../verification/slow-queue.js';

/** A factor from its challenge, with its state sealed. */
export interface NewFactor {
  factor: Factor;
  moment: Moment;
  /** Shown once. */
  show?: object;
}

/** A factor that waits for its proof, and how the ceremony of that proof starts. */
export interface StartedFactor {
  factor: Factor;
  begun: Begun<unknown>;
}

/** Makes factors through their challenges. */
@Injectable()
export class NewFactors {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly states: FactorStates,
    private readonly starts: CeremonyStarts,
    private readonly queue: SlowQueue,
  ) {}

  /** Says whether a user may ask for a factor of this type. */
  has(type: string): boolean {
    return this.registry.get(type)?.metadata.role === 'factor';
  }

  /** Validates the body of a factor's `request`. @throws {MfaError} @throws {RangeError} for an unknown type */
  read(type: string, body: unknown): Promise<object> {
    const { metadata } = this.known(type);
    if (metadata.role === 'factor') return readRequest(metadata.request, body);
    throw unknownType(type);
  }

  /** Gives a user a place in the queue for slow work, before a factor that needs it is made. @throws {MfaError} if there is none */
  inTurn<T>(userId: string, work: () => Promise<T>): Promise<T> {
    return this.queue.admit(userId, work);
  }

  /** Makes a factor from a validated body. @throws {MfaError} if the challenge refuses it */
  async make(type: string, request: object, user: NamedUser, name?: string): Promise<NewFactor> {
    const moment = this.registry.moment(type, user, 'enrolment');
    return this.made(type, await this.enrol(this.known(type), request, moment), moment, name);
  }

  /** Makes a factor from what another library has kept, or else from the body of `request`. @throws as the challenge does */
  async import(type: string, { name, ...foreign }: { name?: string }, user: NamedUser): Promise<NewFactor> {
    const { challenge } = this.known(type);
    if (!challenge.import) return this.make(type, await this.read(type, foreign), user, name);
    const moment = this.registry.moment(type, user, 'enrolment');
    return this.made(type, await challenge.import(foreign, moment), moment, name);
  }

  /**
   * Starts the ceremony of a new factor. A repeated request keeps the pending factor, so a code that was sent stays right. One that
   * shows a secret makes a new factor, because the secret of the first one is stored nowhere to be shown again.
   */
  async start(row: SeenRow, { factor, moment, show }: NewFactor): Promise<StartedFactor> {
    const kept = row && !show && (await this.kept(row, factor, moment));
    const userId = moment.user.id;
    const pending = kept ? { ...kept, name: factor.name } : factor;
    const begun = await this.starts.start(userId, [pending, ...this.others(row, pending)], factor.type, moment);
    const shown = { ...show, ...begun.show };
    return {
      factor: await this.states.withPhase(userId, pending, begun.phase),
      begun: { ...begun, show: Object.keys(shown).length > 0 ? shown : undefined },
    };
  }

  /** How many factors of a type a user may have. */
  mostOf(type: string): number {
    return this.known(type).metadata.maxPerUser;
  }

  private async made(
    type: string,
    { show, ...enrolment }: Enrolment<unknown>,
    moment: Moment,
    name?: string,
  ): Promise<NewFactor> {
    const remaining = this.known(type).challenge.remaining?.(enrolment.state);
    const about = { type, name, remaining, createdAt: moment.now };
    const factor = await this.states.make(moment.user.id, { ...enrolment, ...about });
    return { factor, moment, show };
  }

  private known(type: string): RegisteredChallenge {
    const known = this.registry.get(type);
    if (known) return known;
    throw unknownType(type);
  }

  private enrol(
    { challenge, metadata }: RegisteredChallenge,
    request: object,
    moment: Moment,
  ): Promise<Enrolment<unknown>> {
    const enrol = () => askChallenge(() => challenge.enrol(request, moment));
    if (!metadata.costly) return enrol();
    const inTurn = () => this.queue.run(moment.user.id, enrol);
    // Who replaces recovery codes has a place already.
    return metadata.role === 'factor' ? this.queue.admit(moment.user.id, inTurn) : inTurn();
  }

  private others(row: SeenRow, { type }: Factor): Factor[] {
    return this.known(type).metadata.many ? (row?.factors ?? []).filter((factor) => factor.type === type) : [];
  }

  private async kept(row: NonNullable<SeenRow>, { type, hint }: Factor, { now }: Moment): Promise<Factor | undefined> {
    const { lifeSeconds } = this.registry.get(type)!.metadata;
    const [kept] = livePending(row, type, now, lifeSeconds);
    // A pending factor that does not open would block its owner until its time is over.
    return kept?.hint === hint && (await this.states.opens(row.userId, kept)) ? { ...kept, createdAt: now } : undefined;
  }
}

function unknownType(type: string): RangeError {
  return new RangeError(`There is no challenge '${type}' among the \`challenges\`.`);
}
