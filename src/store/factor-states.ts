import { Injectable } from '@nestjs/common';
import { BrokenSeal, Cipher } from '../crypto/cipher.js';
import { randomId } from '../crypto/randomness.js';
import type { Factor } from './factor.js';

/** The values of a new factor. */
export interface NewFactor extends Pick<Factor, 'type' | 'hint' | 'phoneNumber' | 'digits' | 'name' | 'remaining'> {
  state: unknown;
  createdAt: Date;
  confirmedAt?: Date;
}

/** The only place that opens and seals a factor's state. */
@Injectable()
export class FactorStates {
  constructor(private readonly cipher: Cipher) {}

  /** The state of a factor. @throws {BrokenSeal} or {MfaError} `unavailable` if the key service does not answer */
  open(userId: string, { id, sealedState }: Factor): Promise<unknown> {
    return this.cipher.open(sealedState, { userId, factorId: id });
  }

  /** The state of a factor, or undefined if it was altered or its key is gone. @throws {MfaError} `unavailable` */
  async openIfWhole(userId: string, factor: Factor): Promise<unknown> {
    try {
      return await this.open(userId, factor);
    } catch (error) {
      if (error instanceof BrokenSeal) return undefined;
      throw error;
    }
  }

  /** Says whether a factor opens. @throws as `openIfWhole` does */
  async opens(userId: string, factor: Factor): Promise<boolean> {
    return (await this.openIfWhole(userId, factor)) !== undefined;
  }

  /** What a pending factor's ceremony remembers, or undefined. @throws as `open` does */
  async openPhase(userId: string, { id, sealedPhase }: Factor): Promise<unknown> {
    return sealedPhase === undefined ? undefined : this.cipher.open(sealedPhase, phaseOf(userId, id));
  }

  /** A new factor with its state sealed. */
  async make(userId: string, { state, ...factor }: NewFactor): Promise<Factor> {
    const id = randomId();
    return { ...factor, id, sealedState: await this.cipher.seal(state, { userId, factorId: id }) };
  }

  /** The factor with its next state. */
  async withState(userId: string, factor: Factor, state: unknown): Promise<Factor> {
    return { ...factor, sealedState: await this.cipher.seal(state, { userId, factorId: factor.id }) };
  }

  /** The factor with what its ceremony must remember, if that is anything. */
  async withPhase(userId: string, factor: Factor, phase: unknown): Promise<Factor> {
    const sealedPhase = phase === undefined ? undefined : await this.cipher.seal(phase, phaseOf(userId, factor.id));
    return { ...factor, sealedPhase };
  }

  /** The factor of a user whose id changes. @throws as `open` does */
  async moved(userId: string, toUserId: string, factor: Factor): Promise<Factor> {
    const state = await this.open(userId, factor);
    // The hash of the last proof is bound to the old id.
    return this.withState(toUserId, { ...factor, lastProofHash: undefined, sealedPhase: undefined }, state);
  }

  /** The factor under the key for new seals. What does not open stays as it is: a key that was dropped too early may come back. */
  async resealed(userId: string, factor: Factor): Promise<Factor> {
    const { id, sealedState, sealedPhase } = factor;
    return {
      ...factor,
      sealedState: await this.cipher.resealed(sealedState, { userId, factorId: id }),
      ...(sealedPhase && { sealedPhase: await this.cipher.resealed(sealedPhase, phaseOf(userId, id)) }),
    };
  }

  /** Whether a factor is sealed under the key for new seals. */
  isCurrent(factor: Factor): boolean {
    return sealsOf(factor).every((text) => this.cipher.isCurrent(text));
  }
}

/** Returns the sealed texts of a factor. */
export function sealsOf({ sealedState, sealedPhase }: Factor): string[] {
  return sealedPhase === undefined ? [sealedState] : [sealedState, sealedPhase];
}

// A binding of its own: a phase must not open as a state.
function phaseOf(userId: string, factorId: string): { userId: string; factorId: string } {
  return { userId, factorId: `${factorId}/phase` };
}
