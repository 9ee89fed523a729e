import { Injectable } from '@nestjs/common';
import type { WebAuthnPhase } from '../../challenge/webauthn/webauthn-challenge.js';
import { Clock, secondsAfter, secondsUntil } from '../../core/clock.js';
import { randomId } from '../../crypto/randomness.js';
import { TokenCipher } from '../../crypto/token-cipher.js';
import { invalidToken } from '../../verification/pending-proofs.js';

/** A login that waits for a passkey, and nobody knows whose yet. */
export interface PasskeyRequest {
  id: string;
  phase: WebAuthnPhase;
  expiresAt: Date;
}

/** Tokens of a pending login have another purpose: one kind is never taken for the other. */
const PURPOSE = 'passkey-login';

const LIFE_SECONDS = 300;

/** Clocks of instances may differ by this much. */
const TOLERATED_SECONDS = 60;

/** Seals logins that wait for a passkey, and opens them. Making one writes nothing, so a flood of them costs the database nothing. */
@Injectable()
export class PasskeyTokens {
  constructor(
    private readonly cipher: TokenCipher,
    private readonly clock: Clock,
  ) {}

  /** Returns the `mfa_token` of a new ceremony, and the seconds that it lives. */
  seal(phase: WebAuthnPhase): { mfaToken: string; expiresIn: number } {
    const expiresAt = secondsAfter(this.clock.now(), LIFE_SECONDS);
    const sealed = { purpose: PURPOSE, id: randomId(), phase, expiresAt: expiresAt.getTime() };
    return { mfaToken: this.cipher.seal(sealed), expiresIn: secondsUntil(this.clock.now(), expiresAt) };
  }

  /** Opens one. @throws {MfaError} `invalid_mfa_token` for anything else, and after its time */
  open(token: unknown): PasskeyRequest {
    const opened = this.cipher.open(token) as
      (Omit<PasskeyRequest, 'expiresAt'> & { purpose: string; expiresAt: number }) | undefined;
    if (opened?.purpose !== PURPOSE) throw invalidToken();
    const [now, expiresAt] = [this.clock.now(), new Date(opened.expiresAt)];
    // One from the future was sealed while a clock was ahead.
    if (expiresAt <= now || expiresAt > secondsAfter(now, LIFE_SECONDS + TOLERATED_SECONDS)) throw invalidToken();
    return { id: opened.id, phase: opened.phase, expiresAt };
  }
}
