import { checkChallenges } from './challenge/challenge-registry.js';
import { WebAuthnChallenge } from './challenge/webauthn/webauthn-challenge.js';
import { MfaEvents } from './core/events.js';
import { Misconfiguration } from './core/misconfiguration.js';
import { checkClass, checkKind, isOptions } from './core/option-kinds.js';
import { refuseUnknownIn } from './core/options.js';
import { KeyProvider } from './crypto/key-provider.js';
import { checkPath, checkRouteDecorators } from './http/module-routes.js';
import {
  DEFAULT_STRUCTURE,
  type MfaModuleAsyncOptions,
  type MfaModuleOptions,
  type MfaValues,
  OPTIONS,
  type Structure,
} from './mfa.options.js';
import { checkOwnCredential } from './session/own-credential.js';
import { checkEntity } from './store/tables.js';
import { checkUsers } from './users/user-directory.js';

const STRUCTURE_NAMES = Object.keys(DEFAULT_STRUCTURE);
const VALUE_NAMES = [
  'keys',
  'sms',
  'email',
  ...Object.keys(OPTIONS),
  'managementScope',
  'requireMfaToken',
  'token',
  'errorFormat',
  'words',
];
const FACTORY_NAMES = ['useFactory', 'useClass', 'useExisting', 'inject', 'provideInjectionTokensFrom'];
const LOGINS = ['authtoken', 'oauth2', 'passkey'];

const FACTORY_VALUE = '() => ({ keys: [process.env.MFA_KEY] })';
const FACTORY = `useFactory: ${FACTORY_VALUE}`;

/** Refuses what `forRoot` cannot read: a misspelt limit would not limit anything. @throws {Misconfiguration} */
export function checkOptions(options: MfaModuleOptions): void {
  if (!isOptions(options)) throw needsOptions('forRoot', 'keys: [process.env.MFA_KEY]');
  refuseUnknownIn(options, [...STRUCTURE_NAMES, ...VALUE_NAMES]);
}

/** Refuses what `forRootAsync` cannot read, and values that it would ignore. @throws {Misconfiguration} */
export function checkAsyncOptions(options: MfaModuleAsyncOptions): void {
  if (!isOptions(options)) throw needsOptions('forRootAsync', FACTORY);
  const value = VALUE_NAMES.find((name) => name in options);
  if (value) throw new Misconfiguration(`\`${value}\` must come from the factory, e.g. ${FACTORY}.`);
  refuseUnknownIn(options, [...STRUCTURE_NAMES, ...FACTORY_NAMES]);
  const { useFactory, useClass, useExisting } = options;
  if (!(useClass ?? useExisting)) checkKind('useFactory', useFactory, 'a function', FACTORY_VALUE);
}

/** Refuses what the values cannot be. TypeScript does not check the names in a factory's answer. @throws {Misconfiguration} */
export function checkValues(values: MfaValues): MfaValues {
  if (!isOptions(values)) throw new Misconfiguration(`\`useFactory\` must return an object, e.g. ${FACTORY}.`);
  const structure = STRUCTURE_NAMES.find((name) => name in values);
  if (structure) {
    throw new Misconfiguration(
      `\`${structure}\` must stand beside the factory, e.g. MfaModule.forRootAsync({ ${structure}: …, useFactory: … }).`,
    );
  }
  refuseUnknownIn(values, VALUE_NAMES);
  return values;
}

function needsOptions(method: string, rest: string): Misconfiguration {
  return new Misconfiguration(
    `\`${method}\` needs an object of options, e.g. MfaModule.${method}({ users: UsersService, ${rest} }).`,
  );
}

/** Refuses a structure that cannot work. @throws {Misconfiguration} */
export function checkStructure(structure: Structure): void {
  const { users, signedIn, entity, challenges, path, routeDecorators } = structure;
  checkUsers(users);
  checkOwnCredential(signedIn);
  checkEntity(entity);
  checkPath(path);
  checkRouteDecorators(routeDecorators);
  checkLogins(structure);
  checkChallenges(challenges);
  checkTypes(structure);
}

function checkLogins({ logins, signedIn, challenges }: Structure): void {
  const example = "['authtoken', 'oauth2']";
  checkKind('logins', logins, 'a list', example);
  const unknown = logins.find((login) => !LOGINS.includes(login));
  if (unknown === undefined && !logins.includes(undefined!)) {
    checkPasskeyLogin(logins, challenges);
    return checkOwnLogin(logins, signedIn);
  }
  throw new Misconfiguration(`\`logins\` contains an unknown login, ${shown(unknown)}, e.g. logins: ${example}.`);
}

function checkPasskeyLogin(logins: Structure['logins'], challenges: Structure['challenges']): void {
  if (!logins.includes('passkey') || challenges.includes(WebAuthnChallenge)) return;
  throw new Misconfiguration("`logins` has 'passkey', which needs passkeys, e.g. challenges: [WebAuthnChallenge].");
}

function checkOwnLogin(logins: Structure['logins'], signedIn: Structure['signedIn']): void {
  if (!signedIn || logins.every((login) => login === 'passkey')) return;
  throw new Misconfiguration('`logins` give tokens of the module, and `signedIn` takes only yours, e.g. logins: [].');
}

function checkTypes({ imports, events, audit, keyProvider, dataSource, isGlobal }: Structure): void {
  checkKind('imports', imports, 'a list', '[UsersModule]');
  checkKind('audit', audit, 'true or false', 'true');
  checkKind('isGlobal', isGlobal, 'true or false', 'true');
  if (events !== undefined) checkClass('events', events, MfaEvents);
  if (keyProvider !== undefined) checkClass('keyProvider', keyProvider, KeyProvider);
  if (dataSource !== undefined) checkKind('dataSource', dataSource, 'a text', "'people'");
}

function shown(value: unknown): string | undefined {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}
