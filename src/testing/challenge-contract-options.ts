import type { Challenge } from '../challenge/challenge.js';
import type { Purpose } from '../core/purpose.js';
import type { ContractRunner } from './contract-runner.js';

/** The values to make a proof from. */
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

/** Your challenge, and what its users send. */
export interface ChallengeContract<State, Proof, Phase, Request extends object> extends ContractRunner {
  /** Makes the challenge, with a test double, e.g. an `Inbox`, in place of its sender. */
  challenge: () => Challenge<State, Proof, Phase, Request> | Promise<Challenge<State, Proof, Phase, Request>>;
  /** The fields of two different factors: the validated body of `request`. */
  requests: readonly [Request, Request];
  /** Returns what the client sends as the right `code` or `response`, e.g. `() => inbox.code()`. */
  prove: (asked: AskedProof<State>) => unknown;
  /** A `code` or a `response` that has the right form and is wrong. */
  wrong: unknown;
}
