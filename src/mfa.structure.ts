import type { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { type ChallengeClass, metadataOf } from './challenge/challenge-registry.js';
import { SmsChallenge } from './challenge/sms/sms-challenge.js';
import { Misconfiguration } from './core/misconfiguration.js';
import { UserDirectory } from './users/user-directory.js';
import type { MfaStructure, MfaValues } from './mfa.options.js';
import { AbstractMultiFactorAuth } from './store/abstract-multi-factor-auth.js';
import { MultiFactorAuth } from './store/multi-factor-auth.entity.js';

/** The structure with its defaults. */
export type Structure = Required<Omit<MfaStructure, 'users' | 'events' | 'keyProvider' | 'dataSource'>> &
  Pick<MfaStructure, 'users' | 'events' | 'keyProvider' | 'dataSource'>;

/**
 * What the structure is where the application does not say. Each name stands here, also without a default: the builder
 * leaves a name that it does not find among the values.
 */
export const DEFAULT_STRUCTURE: Partial<Structure> = {
  imports: [],
  users: undefined,
  entity: MultiFactorAuth,
  challenges: [SmsChallenge],
  logins: ['authtoken', 'oauth2'],
  path: 'mfa',
  routeDecorators: {},
  events: undefined,
  audit: false,
  keyProvider: undefined,
  dataSource: undefined,
  isGlobal: true,
};

const VALUE_NAMES: Record<keyof MfaValues, true> = {
  keys: true,
  sms: true,
  codes: true,
  backupCodes: true,
  passwords: true,
  messages: true,
  attempts: true,
  sessions: true,
  stepUp: true,
  upkeep: true,
  words: true,
};

/**
 * Refuses values under names that nothing reads: a limit with a misspelt name would hold for nobody, and in the answer of
 * a factory TypeScript does not see it. @throws {Misconfiguration}
 */
export function checkValues(values: MfaValues): void {
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(VALUE_NAMES, name));
  if (!unknown) return;
  throw new Misconfiguration(`\`${unknown}\` is not a value; there are ${Object.keys(VALUE_NAMES).join(', ')}.`);
}

/** Refuses a structure that cannot work. @throws {Misconfiguration} */
export function checkStructure({ users, entity, challenges, logins, path }: Structure): void {
  if (!users)
    throw new Misconfiguration('`users` is missing, e.g. users: UsersService, a class that extends UserDirectory.');
  if (!(users.prototype instanceof UserDirectory)) {
    throw new Misconfiguration(
      `\`users\`: ${users.name} does not extend UserDirectory, e.g. class ${users.name} extends UserDirectory<User> { … }.`,
    );
  }
  if (!(entity.prototype instanceof AbstractMultiFactorAuth)) {
    throw new Misconfiguration(
      '`entity` does not extend AbstractMultiFactorAuth, e.g. @Entity() class UserMfa extends AbstractMultiFactorAuth {}.',
    );
  }
  if (!/^[\w-]+(\/[\w-]+)*$/.test(path))
    throw new Misconfiguration("`path` is not a path without slashes around it, e.g. path: 'mfa'.");
  if (logins.some((login) => login !== 'authtoken' && login !== 'oauth2')) {
    throw new Misconfiguration("`logins` knows only these, e.g. logins: ['authtoken', 'oauth2'].");
  }
  checkChallenges(challenges);
}

function checkChallenges(challenges: readonly ChallengeClass[]): void {
  const types = challenges.map((challenge) => metadataOf(challenge).type);
  if (types.length === 0) throw new Misconfiguration('`challenges` is empty, e.g. challenges: [SmsChallenge].');
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice)
    throw new Misconfiguration(`\`challenges\` has the type '${twice}' twice, e.g. challenges: [SmsChallenge].`);
}

/** Marks the module's class, so that a second installed copy of the package is recognised. */
export const MODULE_MARK = Symbol.for('nestjs-mfa:module');

/** Refuses a second import of the module, and one loaded after the application listens. @throws {Misconfiguration} */
export function checkImportedOnce(modules: ModulesContainer, { listening }: HttpAdapterHost): void {
  // Both would share tables, and a guard would use whichever `Sessions` Nest finds first.
  if ([...modules.values()].filter(({ metatype }) => MODULE_MARK in metatype).length > 1) {
    throw new Misconfiguration(
      'it is imported twice, and a token of one would open the routes of the other, e.g. import it in AppModule alone.',
    );
  }
  if (listening) {
    throw new Misconfiguration('it is loaded late, and Nest gives it no routes any more, e.g. import it in AppModule.');
  }
}
