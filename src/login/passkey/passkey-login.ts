import { Injectable } from '@nestjs/common';
import { WebAuthnChallenge } from '../../challenge/webauthn/webauthn-challenge.js';
import { MfaError } from '../../core/mfa-error.js';
import type { SignIn } from '../../session/sign-in.js';
import { CredentialIds } from '../../store/credential-ids.js';
import { namedUser } from '../../users/user-directory.js';
import { readProof } from '../../verification/proof-body.js';
import { type RightProof, Verifier } from '../../verification/verifier.js';
import { type Caller, FirstHalf, type SeenAttempt } from '../first-half.js';
import { PasskeyTokens } from './passkey-tokens.js';

/** The answer to a client that starts a login with a passkey alone. */
export interface PasskeyPrompt {
  mfa_token: string;
  expires_in: number;
  challenge: { method: 'passkeys'; type: 'webauthn'; input: 'webauthn'; options: object };
}

/** A user who has signed in with a passkey alone. */
export interface PasskeySignIn {
  attempt: SeenAttempt;
  signIn: SignIn;
}

/**
 * Signs users in with a passkey alone. The authenticator says who the user is, so the first request names nobody, and
 * its answer does not tell a stranger which users exist (W-12).
 */
@Injectable()
export class PasskeyLogin {
  constructor(
    private readonly challenge: WebAuthnChallenge,
    private readonly tokens: PasskeyTokens,
    private readonly ids: CredentialIds,
    private readonly firstHalf: FirstHalf,
    private readonly verifier: Verifier,
  ) {}

  /** Starts a ceremony that any passkey of this service can answer. */
  async begin(): Promise<PasskeyPrompt> {
    const { phase, show = {} } = await this.challenge.beginAlone();
    const { mfaToken, expiresIn } = this.tokens.seal(phase!);
    const challenge = { method: 'passkeys', type: 'webauthn', input: 'webauthn', options: show } as const;
    return { mfa_token: mfaToken, expires_in: expiresIn, challenge };
  }

  /** Judges what the passkey has signed. @throws {MfaError} `invalid_mfa_token`, or `invalid_mfa_code` for every other reason */
  async finish(body: unknown, caller: Caller): Promise<PasskeySignIn> {
    const { mfa_token, proof } = readProof(body);
    const request = this.tokens.open(mfa_token);
    const attempt = await this.owner(proof, caller);
    const { row, userId } = attempt.seen;
    if (!row?.enabled) throw new MfaError('invalid_mfa_code');
    const outcome = await this.verifier.verify(row, {
      type: 'webauthn',
      purpose: 'login',
      proof,
      phase: request.phase,
      pending: request,
      user: namedUser(attempt.user),
      isKnownNetwork: attempt.standing.isSiteKnown,
      startedAt: attempt.startedAt,
      origin: { network: attempt.network },
    });
    if (outcome.kind !== 'right') throw new MfaError('invalid_mfa_code');
    // One factor alone must not make a network known.
    if (outcome.userVerified) await this.firstHalf.remember(attempt.standing);
    return { attempt, signIn: { userId, authEpoch: outcome.row.authEpoch, ...proven(outcome) } };
  }

  // An unknown passkey, and a user who may not sign in, get the same refusal as a wrong signature.
  private async owner(proof: unknown, caller: Caller): Promise<SeenAttempt> {
    const read = this.challenge.read(proof);
    // Without a user named before, the answer must have a user handle (WebAuthn §7.2 step 6).
    if (!read?.userHandle) throw new MfaError('invalid_mfa_code');
    const owner = await this.ids.ownerOf({ type: 'webauthn', identity: read.id });
    const attempt = owner && (await this.firstHalf.alone(owner.userId, caller));
    if (!attempt) throw new MfaError('invalid_mfa_code');
    return attempt;
  }
}

// A device that has checked its user proves two factors: what the user has, and what the user knows or is.
function proven({ amr, userVerified, afterLock }: RightProof): Pick<SignIn, 'amr' | 'factorProven' | 'afterLock'> {
  return { amr: userVerified ? amr : amr.filter((name) => name !== 'mfa'), factorProven: userVerified, afterLock };
}
