import { Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import type { ConnectedRequest } from '../http/connection.js';
import { claimsOf, type MfaClaims } from '../session/mfa-claims.js';
import type { SignIn } from '../session/sign-in.js';
import type { DirectoryUser } from '../users/user-directory.js';
import { readProof } from '../verification/proof-body.js';
import { type PromptBody, promptBody } from '../verification/prompts.js';
import type { LoginAttempt } from './first-half.js';
import type { SecondFactor } from './given-proofs.js';
import { Login } from './login.js';
import { callerOf } from './caller.js';

/** A login of your application that is not refused: the user is in, or must prove a second factor first. */
export type OwnLogin<User extends DirectoryUser = DirectoryUser> =
  /** Issue your JWT or session, and put the claims into it. */
  | {
      required: false;
      user: User;
      claims: MfaClaims;
      /** After a recovery code with `backupCodes.onUse: 'keep'`: how many are left. After the last one, have the user get new ones. */
      recoveryCodesRemaining?: number;
    }
  /** Answer this, and let the client send the proof to the route that calls `finish`. */
  | { required: true; answer: PromptBody };

/** A request of your framework. Its `ip` says whose limits count. */
export type LoginRequest = AddressedRequest & ConnectedRequest;

/** What your first step has proven. */
export interface FirstProof {
  /** How (RFC 8176), e.g. `['fed']` after a single sign-on. Default: `['pwd']`. */
  amr?: string[];
}

/**
 * Adds a second factor to the login that your application has. You check the password and issue your own JWT or session, as before.
 * @example
 * ```ts
 * const login = await mfaLogin.begin(user, request);
 * const answer = login.required ? login.answer : await tokens.for(login.user, login.claims);
 * ```
 */
@Injectable()
export class MfaLogin {
  constructor(
    private readonly login: Login,
    private readonly addresses: ClientAddress,
    private readonly events: EventTeller,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks for the second factor of a user whose password you have checked, if the user has one. A message goes out if that is what the factor
   * needs.
   * @throws {MfaError} 503 if the message cannot be sent, `invalid_credentials` if `findById` no longer gives an active user
   * @example
   * ```ts
   * const login = await mfaLogin.begin(user, request, { amr: ['fed'] });
   * ```
   */
  begin<User extends DirectoryUser>(
    user: User,
    request: LoginRequest,
    proof: FirstProof = {},
  ): Promise<OwnLogin<User>> {
    const { address, signal } = callerOf(request, this.addresses);
    return this.decide<User>({ ...this.login.identified(user, address), signal, amr: proof.amr });
  }

  /**
   * Checks a name and a password, in place of your own check, and goes on as `begin` does. Wrong passwords are then counted under the
   * module's limits.
   * @throws {MfaError} `invalid_credentials`, the same for each reason, `invalid_request` for what cannot be a name or a password, or
   * `locked` after too many wrong passwords
   * @example
   * ```ts
   * const login = await mfaLogin.authenticate({ username, password }, request);
   * ```
   */
  async authenticate<User extends DirectoryUser>(
    { username, password }: { username: string; password: string },
    request: LoginRequest,
  ): Promise<OwnLogin<User>> {
    return this.decide<User>(
      await this.login.authenticate({ username, password, ...callerOf(request, this.addresses) }),
    );
  }

  /**
   * Takes the proof of a login that was asked for one: a body with `mfa_token`, `method`, and `code` or `response`. It is `required` again
   * while nobody has answered, e.g. a push message. With `signedIn`, `POST /mfa/login/verify/` does this for you.
   * @throws {MfaError} `invalid_mfa_code`, `invalid_mfa_token`, or `locked` after too many wrong codes
   * @example
   * ```ts
   * const login = await mfaLogin.finish(body, request);
   * const answer = login.required ? login.answer : await tokens.for(login.user, login.claims);
   * ```
   */
  async finish<User extends DirectoryUser>(body: unknown, request: LoginRequest): Promise<OwnLogin<User>> {
    const { mfa_token, method, proof } = readProof(body);
    const attempt = await this.login.resume(mfa_token, callerOf(request, this.addresses));
    return this.decide<User>(attempt, { mfaCode: proof, method });
  }

  private async decide<User extends DirectoryUser>(
    attempt: LoginAttempt,
    second?: SecondFactor,
  ): Promise<OwnLogin<User>> {
    const outcome = await this.login.decide(attempt, second);
    if (outcome.kind === 'challenged') return { required: true, answer: promptBody(outcome) };
    const { signIn, recoveryCodesRemaining } = outcome;
    const claims = await this.granted(attempt, signIn);
    const left = recoveryCodesRemaining === undefined ? {} : { recoveryCodesRemaining };
    // The users are the application's own.
    return { required: false, user: attempt.user as User, claims, ...left };
  }

  /** Tells the listeners of a login, and returns the claims for the application's credential. */
  async granted({ network }: LoginAttempt, signIn: SignIn): Promise<MfaClaims> {
    const now = this.clock.now();
    const { userId, amr, afterLock = false, factorProven } = signIn;
    const event = { type: 'signed_in', userId: userId!, at: now, amr, afterLock } as const;
    await this.events.tell(event, { purpose: 'login', network });
    return claimsOf({ ...signIn, signedInAt: now, factorProvenAt: factorProven ? now : null });
  }
}
