import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import type { Standing } from '../limits/known-networks.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { NamedUser } from '../users/user-directory.js';
import { Ceremonies, type Ceremony } from './ceremonies.js';
import type { Method } from './methods.js';
import { type PendingProof, PendingProofs } from './pending-proofs.js';
import { type ShownChallenge, type ShownMethod, ShownMethods } from './shown-methods.js';

/** What a client gets that must prove a second factor. */
export interface Prompt {
  /** The type of the user's default factor: Deux's `mfa_type`. */
  challengeType: string;
  /** What the client sends with the proof. It holds for this login or step-up alone, and `expiresIn` seconds. */
  mfaToken: string;
  expiresIn: number;
  /** What the user can choose among. */
  methods: ShownMethod[];
  /** The ceremony that has just begun. Undefined while an earlier one waits for its answer, or if its challenge is no longer registered. */
  challenge?: ShownChallenge;
}

/** Who is asked, for what, and from which network. */
interface Asked {
  user: NamedUser;
  pending: PendingProof;
  standing: Standing;
}

/** Asks users for their second factor, and keeps what the proof is judged with in the client's `mfa_token`. */
@Injectable()
export class Prompts {
  constructor(
    private readonly ceremonies: Ceremonies,
    private readonly proofs: PendingProofs,
    private readonly shown: ShownMethods,
  ) {}

  /** Begins the ceremony of a method. @throws {MfaError} 503 if its message cannot be sent */
  async begin(row: AbstractMultiFactorAuth, method: Method | undefined, asked: Asked): Promise<Prompt> {
    const { user, standing, pending } = asked;
    const { purpose } = pending;
    const begin = method && this.ceremonies.begin(row, { user, method, purpose, standing });
    const ceremony = await begin?.catch((error: unknown) => {
      throw this.withChoice(error, row, asked);
    });
    return this.prompt(ceremony?.row ?? row, { ...asked, pending: begun(pending, ceremony) }, ceremony);
  }

  /** Asks again for the answer to a ceremony that has begun, and begins no other one. */
  repeat(row: AbstractMultiFactorAuth, asked: Asked): Prompt {
    return this.prompt(row, asked);
  }

  // A gateway that is down leaves the user's other methods.
  private withChoice(error: unknown, row: AbstractMultiFactorAuth, asked: Asked): unknown {
    const { mfa_token, expires_in, mfa_methods } = promptBody(this.prompt(row, asked));
    if (!(error instanceof MfaError) || mfa_methods.length < 2) return error;
    const { code, retryAfterSeconds, cause } = error;
    const more = { mfa_token, expires_in, mfa_methods };
    return new MfaError(code, { status: error.getStatus(), retryAfterSeconds, cause, more });
  }

  private prompt(row: AbstractMultiFactorAuth, { pending, standing }: Asked, ceremony?: Ceremony): Prompt {
    const asked = { purpose: pending.purpose, standing };
    return {
      challengeType: row.challengeType,
      mfaToken: this.proofs.seal(pending),
      expiresIn: this.proofs.secondsLeft(pending),
      methods: this.shown.of(row, asked),
      challenge: ceremony && this.shown.challenge(ceremony, asked),
    };
  }
}

/** A prompt, as clients get it. The first two keys are Deux's. */
export interface PromptBody {
  mfa_required: true;
  mfa_type: string;
  mfa_token: string;
  expires_in: number;
  mfa_methods: ShownMethod[];
  challenge?: ShownChallenge;
}

/** Returns how clients get a prompt. */
export function promptBody({ challengeType, mfaToken, expiresIn, methods, challenge }: Prompt): PromptBody {
  return {
    mfa_required: true,
    mfa_type: challengeType,
    mfa_token: mfaToken,
    expires_in: expiresIn,
    mfa_methods: methods,
    ...(challenge && { challenge }),
  };
}

// The phase of one method is no use to another one.
function begun(pending: PendingProof, ceremony?: Ceremony): PendingProof {
  return { ...pending, method: ceremony?.method.id, phase: ceremony?.phase };
}
