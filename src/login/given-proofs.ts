import { Injectable } from '@nestjs/common';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { MfaError } from '../core/mfa-error.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { factorIdOf, type Method, Methods } from '../verification/methods.js';
import type { PendingProof } from '../verification/pending-proofs.js';
import { RequireMfaToken } from './require-mfa-token.js';

/** The second half of a login, as the client sent it. Without a code, the login asks for the second factor. */
export interface SecondFactor {
  /** The proof of the second factor: a code, or JSON for the challenge. */
  mfaCode?: unknown;
  backupCode?: unknown;
  /** The id of the method that `mfaCode` is for. Default: the one that the login has begun, or the user's default one. */
  method?: unknown;
  /** True for a code of an authenticator app. It is then judged as one, also if the login has begun another method. */
  isUnsent?: boolean;
}

/** A proof of the second half of a login, and what it is judged against. */
export interface GivenProof {
  type: string;
  factorId?: string;
  proof: unknown;
  phase?: unknown;
}

/** Reads which proof a login holds, and for which method. */
@Injectable()
export class GivenProofs {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly methods: Methods,
    private readonly requireMfaToken: RequireMfaToken,
  ) {}

  /** Returns the proof, or undefined if there is none yet. @throws {MfaError} */
  of(row: AbstractMultiFactorAuth, second: SecondFactor, pending?: PendingProof): GivenProof | undefined {
    const { mfaCode, backupCode } = second;
    if (mfaCode !== undefined && backupCode !== undefined) throw new MfaError('both_codes');
    if (mfaCode === undefined && backupCode === undefined) return undefined;
    if (!pending && this.requireMfaToken.isRequired) throw new MfaError('mfa_token_required');
    if (backupCode !== undefined) return { type: this.registry.recoveryType!, proof: backupCode };
    // The password again and a code, as in Deux.
    if (!pending && second.method === undefined) return { type: row.challengeType, proof: mfaCode };
    const method = this.methodOf(row, second, pending);
    const phase = pending?.method === method.id ? pending.phase : undefined;
    return { type: method.type, factorId: factorIdOf(method), proof: mfaCode, phase };
  }

  /** Says whether a proof is a recovery code. */
  isRecovery({ type }: GivenProof): boolean {
    return type === this.registry.recoveryType;
  }

  private methodOf(row: AbstractMultiFactorAuth, { method, isUnsent }: SecondFactor, pending?: PendingProof): Method {
    if (method !== undefined) return this.methods.named(row, method);
    return (isUnsent && this.methods.unsent(row, pending?.method)) || this.methods.begun(row, pending?.method);
  }
}
