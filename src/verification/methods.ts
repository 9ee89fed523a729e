import { Injectable } from '@nestjs/common';
import type { ChallengeMetadata } from '../challenge/challenge.js';
import { ChallengeRegistry, type RegisteredChallenge } from '../challenge/challenge-registry.js';
import { MfaError } from '../core/mfa-error.js';
import type { Purpose } from '../core/purpose.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';

/** What clients call the recovery codes. */
export const RECOVERY = 'recovery';

/**
 * One of the ways in which a user may answer a login or step-up: one factor, or all factors of a type whose proof may be for any of
 * them. A proof is judged against one method. Against all of them, each guess would be several.
 */
export interface Method {
  /** The id of its factor, or the name of its challenge if it has several. */
  id: string;
  type: string;
  metadata: Required<ChallengeMetadata>;
  /** Whether its proof opens routes with `@RequireMfa()`. */
  isSecondFactor: boolean;
  factors: Factor[];
}

/** Finds the methods of users. */
@Injectable()
export class Methods {
  constructor(private readonly registry: ChallengeRegistry) {}

  /** The methods of a user, the default one first and recovery codes last. None of a type that the application no longer has. */
  of(row: AbstractMultiFactorAuth): Method[] {
    const methods = new Map<string, Method>();
    for (const factor of row.factors) {
      const known = this.registry.get(factor.type);
      if (!known) continue;
      const id = methodIdOf(factor, known);
      const { metadata, isSecondFactor } = known;
      const method = methods.get(id) ?? { id, type: factor.type, metadata, isSecondFactor, factors: [] };
      methods.set(id, { ...method, factors: [...method.factors, factor] });
    }
    const place = ({ type, metadata }: Method) =>
      metadata.role === 'recovery' ? 2 : type === row.challengeType ? 0 : 1;
    return [...methods.values()].toSorted((one, other) => place(one) - place(other));
  }

  /** Those whose proof opens routes with `@RequireMfa()`, the default one first if it is one of them. */
  secondFactors(row: AbstractMultiFactorAuth): Method[] {
    return this.of(row).filter(({ isSecondFactor }) => isSecondFactor);
  }

  /** Those that prove something for this purpose: recovery codes and e-mail only sign in. */
  for(row: AbstractMultiFactorAuth, purpose: Purpose): Method[] {
    return purpose === 'login' ? this.of(row) : this.secondFactors(row);
  }

  /** The method with this id. @throws {MfaError} `method_not_available` */
  named(row: AbstractMultiFactorAuth, id: unknown): Method {
    const method = this.find(row, id);
    if (!method) throw new MfaError('method_not_available');
    return method;
  }

  /** The method with this id, or undefined. */
  find(row: AbstractMultiFactorAuth, id: unknown): Method | undefined {
    return this.of(row).find((method) => method.id === id);
  }

  /** The begun method, if no message brings its code, or else the first one of this kind: an authenticator app. */
  unsent(row: AbstractMultiFactorAuth, begunId: string | undefined): Method | undefined {
    const isUnsent = ({ input, sends }: Method['metadata']) => input === 'code' && !sends;
    const unsent = this.of(row).filter((method) => isFactor(method) && isUnsent(method.metadata));
    return unsent.find(({ id }) => id === begunId) ?? unsent[0];
  }

  /** The method with this id, or the default one if none was begun. @throws {MfaError} `method_not_available` */
  begun(row: AbstractMultiFactorAuth, id: string | undefined): Method {
    return this.named(row, id ?? this.default(row)?.id);
  }

  /** The method that a login asks for, or undefined if the application no longer has its challenge. */
  default(row: AbstractMultiFactorAuth): Method | undefined {
    return this.of(row).find(({ type }) => type === row.challengeType);
  }
}

/** Says whether a method is a second factor: recovery codes are none. */
export function isFactor({ metadata }: Method): boolean {
  return metadata.role === 'factor';
}

/** Returns the id of the factor that a proof of a method is for, or undefined if it may be for several. */
export function factorIdOf({ metadata, factors }: Method): string | undefined {
  return metadata.many || metadata.role === 'recovery' ? undefined : factors[0]?.id;
}

function methodIdOf({ id, type }: Factor, { metadata }: RegisteredChallenge): string {
  if (metadata.role === 'recovery') return RECOVERY;
  if (typeof metadata.many === 'string') return metadata.many;
  return metadata.many ? type : id;
}
