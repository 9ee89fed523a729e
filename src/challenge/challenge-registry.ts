import { Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Misconfiguration } from '../core/misconfiguration.js';
import { type Challenge, type ChallengeMetadata, challengeMetadata } from './challenge.js';

/** A challenge class of the application or of the module. */
export type ChallengeClass = Type<Challenge>;

/** The challenges of one application, by type. Deux: `CHALLENGE_TYPES` and the dispatch of `MultiFactorChallenge`. */
@Injectable()
export class ChallengeRegistry {
  private readonly classes: ReadonlyMap<string, ChallengeClass>;

  constructor(
    private readonly moduleRef: ModuleRef,
    challenges: readonly ChallengeClass[],
  ) {
    this.classes = new Map(challenges.map((Class) => [metadataOf(Class).type, Class]));
  }

  /** The types, in the order of the list. */
  get types(): string[] {
    return [...this.classes.keys()];
  }

  /** The challenge of a type, or undefined for one that is not in the list. */
  get(type: string): Challenge | undefined {
    const Class = this.classes.get(type);
    return Class && this.moduleRef.get(Class, { strict: true });
  }

  /** What a request of this type must look like, or undefined for one that is not in the list. */
  body(type: string): (new () => object) | undefined {
    const Class = this.classes.get(type);
    return Class && metadataOf(Class).body;
  }

  /** How a proof of this type is called in `amr`. */
  amr(type: string): string {
    const Class = this.classes.get(type);
    return (Class && metadataOf(Class).amr) ?? 'otp';
  }
}

/** What a challenge class says of itself. @throws {Misconfiguration} if it says nothing or nothing usable */
export function metadataOf(Class: ChallengeClass): ChallengeMetadata {
  const metadata = challengeMetadata(Class);
  const example = "e.g. @MfaChallenge({ type: 'pager', body: PagerRequest })";
  if (!metadata) throw new Misconfiguration(`\`challenges\`: ${Class.name} has no @MfaChallenge(), ${example}.`);
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(metadata.type) || RESERVED.has(metadata.type)) {
    throw new Misconfiguration(
      `\`challenges\`: the type '${metadata.type}' of ${Class.name} is not free or not a name, ${example}.`,
    );
  }
  return metadata;
}

// They are paths of the module, or the name under which backup codes are kept.
const RESERVED = new Set(['backup', 'recovery', 'authtoken', 'oauth2', 'logout', 'step-up']);
