import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { CodeMoment } from './one-time-code.js';
import type { Purpose } from '../core/purpose.js';
import type { Delivery } from '../messages/message.js';

/** When, for whom and for what a challenge decides. It has no clock, no request and no database of its own. */
export interface ChallengeContext extends CodeMoment {
  purpose: Purpose;
  userId: string;
}

/** The start of an enrolment: the challenge's state and what a user recognises the factor by. */
export interface Enrolment<State> {
  state: State;
  /** The phone number, the device's name: shown to the user, kept in clear. */
  hint: string;
}

/**
 * A way to prove a second factor. Extend it, decorate the class with `@MfaChallenge({ type, body })` and list it in
 * `challenges`: it gets `PUT /mfa/<type>/request/` and `/verify/`, storage, encryption, limits, replay protection and its
 * place in login.
 *
 * A challenge decides over a state: JSON that the module seals, keeps and hands back. Deux: `MultiFactorChallenge`.
 */
export abstract class Challenge<State = unknown, Body extends object = object> {
  /** The state for a new factor, from the validated body of the request. Throw a `FailedChallengeError` to refuse it. */
  abstract enrol(body: Body, context: ChallengeContext): Enrolment<State> | Promise<Enrolment<State>>;

  /** The message that carries the code, or nothing for a challenge that sends none. Deux: `generate_challenge`. */
  prompt?(state: State, context: ChallengeContext): Delivery | Promise<Delivery>;

  /** Whether a proof has the right shape. One that has not is refused without costing an attempt. */
  wellFormed?(proof: string, context: ChallengeContext): boolean;

  /**
   * The state after a right proof, which takes the old one's place, or null for a wrong one. It must differ from the old
   * one so that the same proof is wrong over it: that is what makes a proof work once.
   */
  abstract verify(state: State, proof: string, context: ChallengeContext): State | null | Promise<State | null>;
}

/** What the module must know of a challenge before there is one. */
export interface ChallengeMetadata {
  /** Its name in routes and answers, e.g. `sms`: lower-case letters, digits and dashes, at most 32. */
  type: string;
  /** The body of `request`, a class with class-validator decorators. */
  body: new () => object;
  /** How a proof of it is called in `amr` (RFC 8176). Default: `otp`. */
  amr?: string;
}

const CHALLENGE = 'nestjs-mfa:challenge';

/** Names a challenge and the body of its request. */
export function MfaChallenge(metadata: ChallengeMetadata): CustomDecorator {
  return SetMetadata(CHALLENGE, metadata);
}

/** What `@MfaChallenge` says of a class, if anything. */
export function challengeMetadata(challenge: Function): ChallengeMetadata | undefined {
  return Reflect.getMetadata(CHALLENGE, challenge) as ChallengeMetadata | undefined;
}
