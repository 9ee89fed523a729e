import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { Purpose } from '../core/purpose.js';
import type { RequestSchema } from '../http/body.js';
import type { Message } from '../messages/message.js';
import type { NamedUser } from '../users/user-directory.js';
import type { CodeMoment } from './one-time-code.js';

/** When, for whom and for what a challenge decides. It has no clock, no request and no database of its own. */
export interface Moment<Phase = undefined> extends CodeMoment {
  user: NamedUser;
  purpose: Purpose;
  /** What `begin` has left for the proof of the same ceremony. Undefined in `enrol`, `begin` and `read`. */
  phase: Phase;
}

/** The start of a factor: what the challenge keeps, and what the user recognises it by. */
export interface Enrolment<State> {
  /** JSON. The module seals it, keeps it and hands it back. */
  state: State;
  /** A phone number, the name of a device: shown to the user, kept in clear. */
  hint: string;
  /** Shown once, with this answer: it is kept nowhere. */
  show?: object;
  /** The number for `phone_number` in the documented answers, digits only. */
  phoneNumber?: string;
}

/** How a ceremony starts. Each part is optional: a code from an authenticator app needs none. */
export interface Begun<Phase> {
  /** JSON that `verify` gets back as `moment.phase`. Nobody else can read or change it. */
  phase?: Phase;
  /** Goes to the client. */
  show?: object;
  /** Is sent, if the limits of messages have room for it. */
  message?: Message;
}

/** What a challenge says of a proof. `waiting` costs no attempt: nobody has answered a push notification yet. */
export type Verdict<State> = { kind: 'right'; state: State } | { kind: 'wrong' } | { kind: 'waiting' };

/**
 * A way to prove a factor. Extend it, decorate the class with `@MfaChallenge({ type, request })` and list it in `challenges`: it
 * gets `PUT /mfa/<type>/request/` and `/verify/`, storage, encryption, limits, replay protection and its place in login.
 *
 * A challenge decides over a state: JSON that the module seals, keeps and hands back. Deux: `MultiFactorChallenge`.
 */
export abstract class Challenge<State = unknown, Proof = string, Phase = undefined, Request extends object = object> {
  /** The state of a new factor, from the validated body of the request. Throw a `FailedChallengeError` to refuse it. */
  abstract enrol(request: Request, moment: Moment): Enrolment<State> | Promise<Enrolment<State>>;

  /**
   * Starts a ceremony over the kept states of this type, e.g. with the message that carries a code. It may be called again for the
   * same ceremony. Leave it out where nothing is shown, sent or remembered. Deux: `generate_challenge`.
   */
  begin?(states: readonly State[], moment: Moment): Begun<Phase> | Promise<Begun<Phase>>;

  /** The proof in its own form, from whatever JSON the client sent; undefined for what cannot be one, which costs no attempt. */
  abstract read(raw: unknown, moment: Moment): Proof | undefined;

  /** The state that a proof is for, where a user may have several. Default: the one that login asks for. */
  pick?(states: readonly State[], proof: Proof): State | undefined;

  /** Judges a proof. The state after a right one must refuse the same proof: that is what makes it work once. */
  abstract verify(state: State, proof: Proof, moment: Moment<Phase>): Verdict<State> | Promise<Verdict<State>>;
}

/** What the module must know of a challenge before there is an instance. */
export interface ChallengeMetadata {
  /** Its name in routes and answers, e.g. `sms`: lower-case letters, digits and dashes, at most 32. */
  type: string;
  /** The body of `request`: a class with class-validator decorators, or a Standard Schema of zod, valibot or arktype. */
  request: RequestSchema;
  /** How a session names its proof (RFC 8176). Default: `['otp']`. */
  amr?: readonly string[];
  /** `recovery` signs in without being a second factor of the session. Default: `factor`. */
  role?: 'factor' | 'recovery';
  /** Whether a proof may be for any factor of this type, and not only for the one that login asks for. See `pick`. */
  many?: boolean;
  /** Whether a proof is slow to judge. It then pays before it is judged, and waits in a queue. */
  costly?: boolean;
  /** Seconds that an enrolment waits for its proof, at most 600. Default: 600. */
  lifeSeconds?: number;
  /** Seconds of one window of its codes, 15 to 200, e.g. longer for e-mail. Default: `codes.stepSeconds`. */
  stepSeconds?: number;
}

const CHALLENGE = 'nestjs-mfa:challenge';

/** Names a challenge and says how the module treats it. */
export function MfaChallenge(metadata: ChallengeMetadata): CustomDecorator {
  return SetMetadata(CHALLENGE, metadata);
}

/** What `@MfaChallenge` says of a class, if anything. */
export function challengeMetadata(challenge: Function): ChallengeMetadata | undefined {
  return Reflect.getMetadata(CHALLENGE, challenge) as ChallengeMetadata | undefined;
}
