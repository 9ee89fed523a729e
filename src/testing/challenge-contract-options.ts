import type { Challenge } from '../challenge/challenge.js';
import type { Purpose } from '../core/purpose.js';
import type { ContractRunner } from './contract-runner.js';

/** What a proof is made from. */
export interface AskedProof<State> {
  /** The state of the factor. */
  state: State;
  /** What `enrol` has shown. */
  shown?: object;
  /** What `begin` has shown. */
  options?: object;
  purpose: Purpose;
  now: Date;
}

/** A challenge of yours, and what its users send. */
export interface ChallengeContract<State, Proof, Phase, Request extends object> extends ContractRunner {
  /** Makes the challenge, with an `Inbox` or the like in place of its sender. */
  challenge: () => Challenge<State, Proof, Phase, Request> | Promise<Challenge<State, Proof, Phase, Request>>;
  /** The fields of two different factors: the validated body of `request`. */
  requests: readonly [Request, Request];
  /** Returns what the client sends as the right `code` or `response`, e.g. `() => inbox.code()`. */
  prove: (asked: AskedProof<State>) => unknown;
  /** A `code` or a `response` that has the right form and is wrong. */
  wrong: unknown;
}
