import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { ProofNotice } from '../core/events.js';
import type { Purpose } from '../core/purpose.js';
import type { RequestSchema } from '../http/body.js';
import type { Message } from '../messages/message.js';
import type { NamedUser } from '../users/user-directory.js';
import type { CodeMoment } from './one-time-code.js';

/** The time, the user and the purpose of a decision. A challenge has no clock, no request and no database. */
export interface Moment<Phase = undefined> extends CodeMoment {
  user: NamedUser;
  purpose: Purpose;
  /** What `begin` returned for the proof of the same ceremony. Undefined in `enrol`, `begin` and `read`. */
  phase: Phase;
}

/** A new factor: the challenge's state, and a hint for the user. */
export interface Enrolment<State> {
  /** JSON. The module seals it, stores it and returns it. */
  state: State;
  /** A phone number or the name of a device. It is shown to the user and stored in clear. */
  hint: string;
  /** Sent once, with this answer. It is stored nowhere. */
  show?: object;
  /** The number for `phone_number` in answers, digits only. */
  phoneNumber?: string;
  /** Digits of its codes, if not `codes.digits`. */
  digits?: number;
}

/** The start of a ceremony. Each part is optional: a code from an authenticator app needs none. */
export interface Begun<Phase> {
  /** JSON that `verify` gets as `moment.phase`. Nobody else can read or change it. */
  phase?: Phase;
  /** Sent to the client. */
  show?: object;
  /** Sent if the message limits have room for it. */
  message?: Message;
}

/**
 * The judgement of a proof. `waiting` costs no attempt: nobody has answered a push notification yet. `replayed` is a proof that was
 * accepted, and would still be right if it had not been: it is refused as a wrong one, its owner hears of it, and it costs no attempt.
 */
export type Verdict<State> =
  | {
      kind: 'right';
      state: State;
      /** How it was proven (RFC 8176), where proofs of this type differ. Default: the metadata's `amr`. */
      amr?: readonly string[];
      /** Whether the device has checked who holds it, e.g. by a PIN. Such a proof is two factors by itself. */
      userVerified?: boolean;
      notice?: ProofNotice;
    }
  | { kind: 'wrong'; notice?: ProofNotice }
  | { kind: 'replayed' }
  | { kind: 'waiting' };

/**
 * A way to prove a factor. Extend it, decorate the class with `@MfaChallenge({ type, request })` and list it in `challenges`.
 * The module adds `PUT /mfa/<type>/request/` and `/verify/`, storage, encryption, limits, replay protection and the login.
 *
 * A challenge decides over a state, which is JSON. docs/challenges.md has one that sends its code. Deux: `MultiFactorChallenge`.
 * @example
 * ```ts
 * type PagerState = CodeSecret & { pager: string };
 *
 * export class PagerChallenge extends Challenge<PagerState, string, undefined, { pager: string }> {
 *   enrol = ({ pager }: { pager: string }) => ({ state: { pager, ...generateKey() }, hint: pager });
 *   read = readCode;
 *   verify = (state: PagerState, code: string, moment: Moment) => spendCode(state, state.pager, code, moment);
 * }
 * ```
 */
export abstract class Challenge<State = unknown, Proof = string, Phase = undefined, Request extends object = object> {
  /** Returns the state of a new factor, from the validated body of the request. Throw a `FailedChallengeError` to refuse it. */
  abstract enrol(request: Request, moment: Moment): Enrolment<State> | Promise<Enrolment<State>>;

  /**
   * Returns the state of a factor that a user has already, from what another library has kept of it: for
   * `MultiFactorAuthService.importFactor`. Throw a `TypeError` that says what is wrong. Leave it out if `enrol` does that.
   */
  import?(foreign: object, moment: Moment): Enrolment<State> | Promise<Enrolment<State>>;

  /**
   * Starts a ceremony over the user's states of this type, e.g. with a message that has a code. It may run again for the same
   * ceremony. At an enrolment, the state that `enrol` has returned is the first. Those that are in force follow if the type is `many`.
   * Leave it out if nothing is shown, sent or remembered. Deux: `generate_challenge`.
   */
  begin?(states: readonly State[], moment: Moment): Begun<Phase> | Promise<Begun<Phase>>;

  /** Turns the client's JSON into a proof. Return undefined if it cannot be one: that costs no attempt. */
  abstract read(raw: unknown, moment: Moment): Proof | undefined;

  /** Says whether two states are one device, e.g. one phone. A user cannot have one twice. Leave it out if a request never names one. */
  same?(one: State, other: State): boolean;

  /** Returns the state that a proof is for, if a user may have several. Default: the first one. */
  pick?(states: readonly State[], proof: Proof): State | undefined;

  /**
   * Judges a proof. The state after a right proof must refuse the same proof: then it works once. Throw a `FailedChallengeError` if
   * it cannot be judged now, e.g. because a service does not answer: that costs no attempt, and the client gets 503.
   */
  abstract verify(state: State, proof: Proof, moment: Moment<Phase>): Verdict<State> | Promise<Verdict<State>>;

  /**
   * Returns what no other factor of any user may have, e.g. the id of a passkey. It is claimed before the factor comes into force. Leave
   * it out if states cannot collide.
   */
  identity?(state: State): string | undefined;

  /**
   * Returns what a client tells its authenticators after a factor was removed or renamed, so that they forget or rename it too.
   * @param left the user's states of this type that are left
   * @param changed the state of the factor that was removed or renamed
   */
  signal?(left: readonly State[], changed: State, moment: Moment): object;

  /**
   * False if a proof signs in but is not a second factor: the session has no `mfa`, and `@RequireMfa()` refuses it. Use it for a code
   * whose reader can also reset the password, e.g. by e-mail. Default: true.
   */
  readonly secondFactor?: boolean;

  /**
   * Returns how many proofs a state has left, if it is a set that is used up, e.g. recovery codes. The module keeps the number in clear
   * beside the sealed state. Leave it out for a factor that proves again and again.
   */
  remaining?(state: State): number;
}

/** What the module must know about a challenge class. */
export interface ChallengeMetadata {
  /** Its name in routes and answers, e.g. `sms`: lower-case letters, digits and dashes, at most 32. */
  type: string;
  /** The body of `request`: a class with class-validator decorators, or a Standard Schema of zod, valibot or arktype. */
  request: RequestSchema;
  /** The session's name for its proof (RFC 8176). Default: `['otp']`. */
  amr?: readonly string[];
  /** `recovery` signs in without being a second factor of the session: the module's backup codes alone. Default: `factor`. */
  role?: 'factor' | 'recovery';
  /**
   * True if a proof may be for any factor of this type: together they are one method. See `pick`. A text is what clients call that
   * method, e.g. `passkeys`. Default: the type.
   */
  many?: boolean | string;
  /**
   * False if a proof cannot be guessed, e.g. a signature. Wrong ones then cost no attempt, and wrong codes of other factors do not lock it.
   * Default: true.
   */
  guessable?: boolean;
  /** True if a proof is slow to judge. It then pays first, and waits in a queue. Its verdict cannot be `waiting`. */
  costly?: boolean;
  /** What a client must ask the user for: `code`, or a name of its own for a proof in JSON. Default: `code`. */
  input?: string;
  /** True if its ceremony sends a message, which a client can offer to repeat. */
  sends?: boolean;
  /** How many factors of this type a user may have, 1 to 20. Default: 3. */
  maxPerUser?: number;
  /** Seconds that an enrolment waits for its proof, 60 to 600. Default: 600. */
  lifeSeconds?: number;
  /** Seconds that a login waits for its proof, 300 to 600, e.g. longer for e-mail. Default: 300. */
  loginSeconds?: number;
  /** Seconds of one window of its codes, 15 to 200, e.g. longer for e-mail. Default: `codes.stepSeconds`. */
  stepSeconds?: number;
}

const CHALLENGE = 'nestjs-mfa:challenge';

/**
 * Names a challenge and sets how the module treats it.
 * @example
 * ```ts
 * const Voice = () => MfaChallenge({ type: 'voice', request: SmsRequest, stepSeconds: 60 });
 * ```
 */
export function MfaChallenge(metadata: ChallengeMetadata): CustomDecorator {
  return SetMetadata(CHALLENGE, metadata);
}

/** Returns the `@MfaChallenge` options of a class, if it has any. */
export function challengeMetadata(challenge: Function): ChallengeMetadata | undefined {
  return Reflect.getMetadata(CHALLENGE, challenge) as ChallengeMetadata | undefined;
}
