import { Injectable } from '@nestjs/common';
import type { WebAuthnPhase } from '../../challenge/webauthn/webauthn-challenge.js';
import { Clock, isLive, secondsAfter, secondsUntil } from '../../core/clock.js';
import { randomId } from '../../crypto/randomness.js';
import { TokenCipher } from '../../crypto/token-cipher.js';
import { invalidToken } from '../../verification/pending-proofs.js';

/** A login that waits for a passkey. Its user is not known yet. */
export interface PasskeyRequest {
  id: string;
  phase: WebAuthnPhase;
  expiresAt: Date;
}

/** Tokens of other pending logins have another purpose, so neither kind is accepted as the other. */
const PURPOSE = 'passkey-login';

const LIFE_SECONDS = 300;

/**
 * Seals and opens logins that wait for a passkey. They are not stored, so a flood of them does not load the database.
 */
@Injectable()
export class PasskeyTokens {
  constructor(
    private readonly cipher: TokenCipher,
    private readonly clock: Clock,
  ) {}

  /** Returns the `mfa_token` of a new ceremony, and its lifetime in seconds. */
  seal(phase: WebAuthnPhase): { mfaToken: string; expiresIn: number } {
    const expiresAt = secondsAfter(this.clock.now(), LIFE_SECONDS);
    const sealed = { purpose: PURPOSE, id: randomId(), phase, expiresAt: expiresAt.getTime() };
    return { mfaToken: this.cipher.seal(sealed), expiresIn: secondsUntil(this.clock.now(), expiresAt) };
  }

  /** Opens a token. @throws {MfaError} `invalid_mfa_token` if it is of another kind or has expired */
  open(token: unknown): PasskeyRequest {
    const opened = this.cipher.open(token) as
      (Omit<PasskeyRequest, 'expiresAt'> & { purpose: string; expiresAt: number }) | undefined;
    if (opened?.purpose !== PURPOSE) throw invalidToken();
    const expiresAt = new Date(opened.expiresAt);
    if (!isLive(expiresAt, this.clock.now(), LIFE_SECONDS)) throw invalidToken();
    return { id: opened.id, phase: opened.phase, expiresAt };
  }
}
