import { Injectable, type Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { Clock } from '../core/clock.js';
import { Misconfiguration } from '../core/misconfiguration.js';
import { checkClass, checkKind } from '../core/option-kinds.js';
import { refuseUnknownNames } from '../core/options.js';
import type { Purpose } from '../core/purpose.js';
import { isRequestSchema } from '../http/body.js';
import type { NamedUser } from '../users/user-directory.js';
import { Challenge, type ChallengeMetadata, challengeMetadata, type Moment } from './challenge.js';
import { CodeOptions } from './one-time-code.js';

/** A challenge class of the application or of the module. */
export type ChallengeClass = Type<Challenge<unknown, unknown, unknown>>;

/** A challenge and its decorator's options, with the defaults. */
export interface RegisteredChallenge {
  challenge: Challenge<unknown, unknown, unknown>;
  metadata: Required<ChallengeMetadata>;
  /** Whether its proof opens routes with `@RequireMfa()`. A recovery code does not. */
  isSecondFactor: boolean;
}

/** The challenges of one application, by type. Deux: `CHALLENGE_TYPES` and the dispatch of `MultiFactorChallenge`. */
@Injectable()
export class ChallengeRegistry {
  /** The type of the challenge with the role `recovery`, or undefined. */
  readonly recoveryType: string | undefined;
  private readonly classes: ReadonlyMap<string, ChallengeClass>;
  private readonly registered = new Map<string, RegisteredChallenge>();

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly clock: Clock,
    private readonly codes: CodeOptions,
    challenges: readonly ChallengeClass[],
  ) {
    this.classes = new Map(challenges.map((Class) => [metadataOf(Class).type, Class]));
    this.recoveryType = challenges.map(metadataOf).find(({ role }) => role === 'recovery')?.type;
  }

  /** The types, in the order of the list. */
  get types(): string[] {
    return [...this.classes.keys()];
  }

  /** How sessions name the proofs of a role. */
  amrOf(role: ChallengeMetadata['role']): string[] {
    return [...this.classes.values()]
      .map((Class) => ({ ...DEFAULTS, ...metadataOf(Class) }))
      .flatMap((metadata) => (metadata.role === role ? metadata.amr : []));
  }

  /** The challenge of a type, or undefined for one that is not in the list. */
  get(type: string): RegisteredChallenge | undefined {
    const known = this.registered.get(type);
    const Class = this.classes.get(type);
    if (known || !Class) return known;
    // Not before the first use: when the registry is made, the challenges may not be.
    const challenge = this.moduleRef.get<RegisteredChallenge['challenge']>(Class, { strict: true });
    const metadata = { ...DEFAULTS, stepSeconds: this.codes.stepSeconds, ...metadataOf(Class) };
    const isSecondFactor = metadata.role === 'factor' && challenge.secondFactor !== false;
    const registered = { challenge, metadata, isSecondFactor };
    this.registered.set(type, registered);
    return registered;
  }

  /** This moment, as the challenge of a type sees it. */
  moment<Phase = undefined>(type: string, user: NamedUser, purpose: Purpose, phase?: Phase): Moment<Phase> {
    const { digits } = this.codes;
    const stepSeconds = this.get(type)?.metadata.stepSeconds ?? this.codes.stepSeconds;
    return { now: this.clock.now(), user, purpose, phase: phase as Phase, digits, stepSeconds };
  }
}

const EXAMPLE = "e.g. @MfaChallenge({ type: 'pager', request: PagerRequest })";

const DEFAULTS = {
  amr: ['otp'],
  role: 'factor',
  many: false,
  guessable: true,
  costly: false,
  input: 'code',
  sends: false,
  maxPerUser: 3,
  lifeSeconds: 600,
  loginSeconds: 300,
} as const;

const METADATA_NAMES = ['type', 'request', 'stepSeconds', ...Object.keys(DEFAULTS)];

/** Returns the options of a challenge class. @throws {Misconfiguration} if they are missing or wrong */
export function metadataOf(Class: ChallengeClass): ChallengeMetadata {
  const metadata = challengeMetadata(Class);
  if (!metadata) throw new Misconfiguration(`\`challenges\`: ${Class.name} has no @MfaChallenge(), ${EXAMPLE}.`);
  refuseUnknownNames('MfaChallenge', metadata, METADATA_NAMES);
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(metadata.type)) throw notAName(Class, metadata);
  if (!isRequestSchema(metadata.request)) {
    throw new Misconfiguration(
      `\`challenges\`: the request of ${Class.name} is neither a class nor a Standard Schema, ${EXAMPLE}.`,
    );
  }
  if (metadata.amr !== undefined) checkKind('amr', metadata.amr, 'a list', "['otp']");
  if (metadata.input !== undefined) checkKind('input', metadata.input, 'a text', "'code'");
  if (typeof metadata.many !== 'boolean' && metadata.many !== undefined)
    checkKind('many', metadata.many, 'a text', "'passkeys'");
  checkRange(Class, 'maxPerUser', metadata.maxPerUser, [1, 20]);
  checkRange(Class, 'lifeSeconds', metadata.lifeSeconds, [60, 600]);
  checkRange(Class, 'loginSeconds', metadata.loginSeconds, [300, 600]);
  checkRange(Class, 'stepSeconds', metadata.stepSeconds, [15, 200]);
  return metadata;
}

function checkRange(
  { name }: ChallengeClass,
  option: string,
  value: number | undefined,
  [least, most]: [number, number],
): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new Misconfiguration(
    `\`challenges\`: ${option} of ${name} must be a whole number from ${least} to ${most}, e.g. ${option}: ${most}.`,
  );
}

/** Refuses challenges that cannot work together. @throws {Misconfiguration} */
export function checkChallenges(challenges: readonly ChallengeClass[]): void {
  checkKind('challenges', challenges, 'a list', '[SmsChallenge]');
  challenges.forEach((Class, index) => checkClass(`challenges[${index}]`, Class, Challenge));
  if (challenges.length === 0) throw new Misconfiguration('`challenges` is empty, e.g. challenges: [SmsChallenge].');
  const types = challenges.map((Class) => {
    const metadata = metadataOf(Class);
    if (RESERVED.has(metadata.type)) throw notAName(Class, metadata);
    if (metadata.role === 'recovery') throw notRecovery(Class);
    return metadata.type;
  });
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice === undefined) return;
  throw new Misconfiguration(`\`challenges\` has the type '${twice}' twice, e.g. challenges: [SmsChallenge].`);
}

// They are paths of the module, or the name under which backup codes are kept.
const RESERVED = new Set(['backup', 'recovery', 'authtoken', 'oauth2', 'logout', 'step-up', 'factors', 'login']);

function notRecovery({ name }: ChallengeClass): Misconfiguration {
  return new Misconfiguration(
    `\`challenges\`: ${name} has the role 'recovery', which only the module's backup codes have, e.g. role: 'factor'.`,
  );
}

function notAName({ name }: ChallengeClass, { type }: ChallengeMetadata): Misconfiguration {
  return new Misconfiguration(
    `\`challenges\`: ${name} cannot have the type '${type}'. Use lower-case letters, digits and dashes, and no path of the module, ${EXAMPLE}.`,
  );
}
