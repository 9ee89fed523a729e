import type { ConfigurableModuleAsyncOptions, DynamicModule, ForwardReference, Provider, Type } from '@nestjs/common';
import { BackupCodeOptions } from './challenge/recovery/backup-code-options.js';
import { type ChallengeClass, checkChallenges } from './challenge/challenge-registry.js';
import { MessageOptions } from './limits/message-options.js';
import { SmsChallenge } from './challenge/sms/sms-challenge.js';
import { SmsOptions } from './challenge/sms/sms-options.js';
import type { MfaEvents } from './core/events.js';
import { Misconfiguration } from './core/misconfiguration.js';
import type { KeyProvider } from './crypto/key-provider.js';
import { CodeOptions } from './challenge/one-time-code.js';
import { checkUsers, type UserDirectory } from './users/user-directory.js';
import { optionsOf } from './core/options.js';
import { type WordOverrides, Words } from './core/words.js';
import { KeyRing } from './crypto/key-ring.js';
import { checkPath, type RouteDecorators } from './http/module-routes.js';
import { PasswordOptions } from './limits/password-options.js';
import { SessionOptions } from './session/session-options.js';
import { StepUpOptions } from './step-up/step-up-options.js';
import { MultiFactorAuth } from './store/multi-factor-auth.entity.js';
import { checkEntity, type MultiFactorAuthEntity } from './store/tables.js';
import { UpkeepOptions } from './upkeep/upkeep-options.js';
import { AttemptOptions } from './limits/attempt-options.js';

/** Values: they may come from `forRootAsync`'s factory. */
export interface MfaValues {
  /** Keys that seal secrets, the newest first: 32 random bytes each, in base64 or hex (`openssl rand -base64 32`). */
  keys: (string | undefined)[];
  /** What sends messages. */
  sms?: SmsOptions;
  /** How one-time codes look and how long they live. */
  codes?: Partial<CodeOptions>;
  /** How many backup codes there are and what using one does. */
  backupCodes?: Partial<BackupCodeOptions>;
  /** How many wrong passwords are taken. */
  passwords?: Partial<PasswordOptions>;
  /** How many messages are sent. */
  messages?: Partial<MessageOptions>;
  /** How many wrong codes an account takes. */
  attempts?: Partial<AttemptOptions>;
  /** How long tokens last. */
  sessions?: Partial<SessionOptions>;
  /** How old a second factor may be where one is asked for. */
  stepUp?: Partial<StepUpOptions>;
  /** When and how rows that are over are removed. */
  upkeep?: Partial<UpkeepOptions>;
  /** Your own sentences in place of the documented ones. */
  words?: WordOverrides;
}

/** A login protocol of the module. */
export type LoginProtocol = 'authtoken' | 'oauth2';

/** Structure: what the module is made of. It stands in the code, because routes and tables depend on it. */
export interface MfaStructure {
  /** Modules that export what `users`, `challenges`, `events`, `keyProvider` and `sms.sender` need. */
  imports?: (Type | DynamicModule | Promise<DynamicModule> | ForwardReference)[];
  /** Your users: a provider that extends `UserDirectory`, exported by one of `imports` or by a global module. */
  users: Type<UserDirectory>;
  /** Your entity that extends `AbstractMultiFactorAuth`. Default: `MultiFactorAuth`. */
  entity?: MultiFactorAuthEntity;
  /** What can be a second factor. Default: `[SmsChallenge]`. */
  challenges?: ChallengeClass[];
  /** Which login routes there are. Default: both. */
  logins?: LoginProtocol[];
  /** Where the routes are. Default: `mfa`. */
  path?: string;
  /** Decorators of your own on the module's routes, e.g. `{ public: [Public()] }`. */
  routeDecorators?: RouteDecorators;
  /** Your listener: a class that extends `MfaEvents`, made with what `imports` offers. */
  events?: Type<MfaEvents>;
  /** Whether every event is kept in the table `mfa_event`. Default: false. */
  audit?: boolean;
  /** Your key service: a class that extends `KeyProvider`, made with what `imports` offers. */
  keyProvider?: Type<KeyProvider>;
  /** The name of the TypeORM data source, if it is not the default one. */
  dataSource?: string;
  /** Whether guards and services can be used without importing this module again. Default: true. */
  isGlobal?: boolean;
}

/** Everything that `MfaModule.forRoot` takes. */
export type MfaModuleOptions = MfaValues & MfaStructure;

/** What `forRootAsync` takes: the structure beside a factory of values. */
export type MfaModuleAsyncOptions = MfaStructure &
  Omit<ConfigurableModuleAsyncOptions<MfaValues & { [Name in keyof MfaStructure]?: never }>, 'imports'>;

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

/** Refuses a structure that cannot work. @throws {Misconfiguration} */
export function checkStructure({ users, entity, challenges, logins, path }: Structure): void {
  checkUsers(users);
  checkEntity(entity);
  checkPath(path);
  if (logins.some((login) => login !== 'authtoken' && login !== 'oauth2')) {
    throw new Misconfiguration("`logins` contains an unknown login, e.g. logins: ['authtoken', 'oauth2'].");
  }
  checkChallenges(challenges);
}

/** The DI token of the application's values. */
export const VALUES = Symbol('MFA_VALUES');

/** Values that are classes of options, each its own DI token. */
const OPTIONS = {
  codes: CodeOptions,
  backupCodes: BackupCodeOptions,
  passwords: PasswordOptions,
  messages: MessageOptions,
  attempts: AttemptOptions,
  sessions: SessionOptions,
  stepUp: StepUpOptions,
  upkeep: UpkeepOptions,
} satisfies Partial<Record<keyof MfaValues, Type>>;

/**
 * Refuses values under names that nothing reads: a limit with a misspelt name would hold for nobody, and in the answer of
 * a factory TypeScript does not see it. @throws {Misconfiguration}
 */
export function checkValues(values: MfaValues): void {
  const known = ['keys', 'sms', ...Object.keys(OPTIONS), 'words'];
  const unknown = Object.keys(values).find((name) => !known.includes(name));
  if (unknown) throw new Misconfiguration(`Unknown option \`${unknown}\`. Known options: ${known.join(', ')}.`);
}

/** The application's values, checked, each where it is used. */
export function valueProviders(): Provider[] {
  const value = (provide: Type, read: (given: MfaValues) => unknown): Provider => ({
    provide,
    inject: [VALUES],
    useFactory: read,
  });
  return [
    value(KeyRing, ({ keys }) => new KeyRing(keys)),
    value(Words, ({ words }) => new Words(words)),
    value(SmsOptions, ({ sms }) => sms ?? {}),
    ...Object.entries(OPTIONS).map(([name, Options]) =>
      value(Options, (given) => optionsOf<object>(Options, name, given[name as keyof typeof OPTIONS])),
    ),
  ];
}
