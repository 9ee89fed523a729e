import type { Begun, Challenge, Enrolment, Moment, Verdict } from '../challenge/challenge.js';
import { metadataOf } from '../challenge/challenge-registry.js';
import { CodeOptions } from '../challenge/one-time-code.js';
import type { Purpose } from '../core/purpose.js';
import type { AskedProof, ChallengeContract } from './challenge-contract-options.js';

/** A ceremony that has begun: the values to make and to judge a proof with. */
export interface Ceremony<State, Phase> {
  state: State;
  moment: Moment<Phase>;
  begun: Begun<Phase>;
}

/** Calls one challenge as the module does. Each confirmed factor moves its time by an hour. */
export class ChallengeStage<State, Proof, Phase, Request extends object> {
  private time = Date.parse('2026-03-01T12:00:00Z');

  private constructor(
    readonly challenge: Challenge<State, Proof, Phase, Request>,
    private readonly contract: ChallengeContract<State, Proof, Phase, Request>,
  ) {}

  static async of<State, Proof, Phase, Request extends object>(
    contract: ChallengeContract<State, Proof, Phase, Request>,
  ): Promise<ChallengeStage<State, Proof, Phase, Request>> {
    return new ChallengeStage(await contract.challenge(), contract);
  }

  get metadata(): ReturnType<typeof metadataOf> {
    return metadataOf(this.challenge.constructor as Parameters<typeof metadataOf>[0]);
  }

  /** Returns a moment at the stage's time, or some seconds later. */
  moment<P = undefined>(purpose: Purpose, phase?: P, seconds = 0): Moment<P> {
    const { digits, stepSeconds } = new CodeOptions();
    const now = new Date(this.time + seconds * 1000);
    const user = { id: '7', name: 'ada' };
    return { now, user, purpose, phase: phase as P, digits, stepSeconds: this.metadata.stepSeconds ?? stepSeconds };
  }

  enrol(request: Request): Promise<Enrolment<State>> | Enrolment<State> {
    return this.challenge.enrol(request, this.moment('enrolment'));
  }

  /** Returns a confirmed factor, or a set of recovery codes, which needs no confirmation. */
  async confirmed(request: Request): Promise<{ state: State; enrolment: Enrolment<State> }> {
    const enrolment = await this.enrol(request);
    if (this.metadata.role === 'recovery') return { state: enrolment.state, enrolment };
    const ceremony = await this.begin(enrolment.state, 'enrolment');
    const verdict = await this.judge(ceremony, await this.prove(ceremony, enrolment));
    if (verdict.kind !== 'right') throw new Error(`The proof of an enrolment was ${verdict.kind}.`);
    this.time += 3_600_000;
    return { state: verdict.state, enrolment };
  }

  /** Begins a ceremony, and sends its message. */
  async begin(state: State, purpose: Purpose): Promise<Ceremony<State, Phase>> {
    const begun = (await this.challenge.begin?.([state], this.moment(purpose))) ?? {};
    await begun.message?.send(new AbortController().signal);
    return { state, begun, moment: this.moment<Phase>(purpose, begun.phase) };
  }

  /** What the client sends. */
  prove({ state, begun, moment }: Ceremony<State, Phase>, { show }: Enrolment<State>): unknown {
    const asked: AskedProof<State> = {
      state,
      shown: show,
      options: begun.show,
      purpose: moment.purpose,
      now: moment.now,
    };
    return this.contract.prove(asked);
  }

  /** Judges what the client sent. Waits if the user has not answered yet. */
  async judge({ state, moment }: Ceremony<State, Phase>, raw: unknown, over = state): Promise<Verdict<State>> {
    const proof = this.challenge.read(raw, { ...moment, phase: undefined });
    if (proof === undefined) throw new Error(`\`read\` does not take the proof ${JSON.stringify(raw)}.`);
    for (let asked = 0; asked < 20; asked++) {
      const verdict = await this.challenge.verify(over, proof, moment);
      if (verdict.kind !== 'waiting') return verdict;
    }
    return { kind: 'waiting' };
  }
}
