import type { ConfigurableModuleAsyncOptions, DynamicModule, ForwardReference, Provider, Type } from '@nestjs/common';
import { BackupCodeOptions } from './challenge/recovery/backup-code-options.js';
import type { ChallengeClass } from './challenge/challenge-registry.js';
import { MessageOptions } from './limits/message-options.js';
import { checkEmailOptions, EmailOptions } from './challenge/email/email-options.js';
import { SmsChallenge } from './challenge/sms/sms-challenge.js';
import { checkSmsOptions, SmsOptions } from './challenge/sms/sms-options.js';
import { TotpOptions } from './challenge/totp/totp-options.js';
import { WebAuthnOptions } from './challenge/webauthn/webauthn-options.js';
import type { MfaEvents } from './core/events.js';
import type { KeyProvider } from './crypto/key-provider.js';
import { CodeOptions } from './challenge/one-time-code.js';
import type { UserDirectory } from './users/user-directory.js';
import { definedOnly, optionsOf } from './core/options.js';
import { type WordOverrides, Words } from './core/words.js';
import { KeyRing } from './crypto/key-ring.js';
import { ErrorFormat } from './http/error-format.js';
import { type ErrorFormatName, errorFormatOf } from './http/error-format.factory.js';
import type { RouteDecorators } from './http/module-routes.js';
import { PasswordOptions } from './limits/password-options.js';
import { OAuth2Options } from './login/oauth2/oauth2-options.js';
import { RequireMfaToken } from './login/require-mfa-token.js';
import { ManagementScope } from './session/management-scope.js';
import { SessionOptions } from './session/session-options.js';
import type { OwnCredential } from './session/own-credential.js';
import { OwnCredentials } from './session/own-credentials.js';
import { type FindToken, TokenSource } from './session/token-source.js';
import { StepUpOptions } from './step-up/step-up-options.js';
import { MultiFactorAuth } from './store/multi-factor-auth.entity.js';
import type { MultiFactorAuthEntity } from './store/tables.js';
import { UpkeepOptions } from './upkeep/upkeep-options.js';
import { AttemptOptions } from './limits/attempt-options.js';

/** The options that may come from the factory of `forRootAsync`. */
export interface MfaValues {
  /** Keys that seal secrets and hash tokens, newest first: 32 random bytes each, in base64 or hex (`openssl rand -base64 32`). */
  keys: (string | undefined)[];
  /** How text messages are sent. */
  sms?: SmsOptions;
  /** How mails with codes are sent, and whether such a code is a second factor. */
  email?: EmailOptions;
  /** What authenticator apps show. */
  totp?: Partial<TotpOptions>;
  /** For whom passkeys are. */
  webauthn?: Partial<WebAuthnOptions>;
  /** How one-time codes look and how long they live. */
  codes?: Partial<CodeOptions>;
  /** The number of backup codes, and what a used one does. */
  backupCodes?: Partial<BackupCodeOptions>;
  /** Limits on wrong passwords. */
  passwords?: Partial<PasswordOptions>;
  /** Limits on messages. */
  messages?: Partial<MessageOptions>;
  /** Limits on wrong codes. */
  attempts?: Partial<AttemptOptions>;
  /** The OAuth2 scope that a token needs to turn MFA on or off, or to get backup codes. Default: every token may. */
  managementScope?: string;
  /** Has a login go on by its `mfa_token` alone, and no longer by the password again with the code. Default: false, as in Deux. */
  requireMfaToken?: boolean;
  /** How the OAuth2 login answers. */
  oauth2?: Partial<OAuth2Options>;
  /** Finds the module's token in a request without an `Authorization` header, e.g. in a cookie. */
  token?: FindToken;
  /** How long tokens last, and how many. */
  sessions?: Partial<SessionOptions>;
  /** How old a required second factor may be. */
  stepUp?: Partial<StepUpOptions>;
  /** When and how old rows are removed. */
  upkeep?: Partial<UpkeepOptions>;
  /** How the module's errors look: in Nest's shape with a `code`, or as in Deux. Default: `nest`. */
  errorFormat?: ErrorFormatName;
  /** Your own sentences instead of the documented ones. */
  words?: WordOverrides;
}

/** A login protocol of the module. */
export type LoginProtocol = 'authtoken' | 'oauth2' | 'passkey';

/** The options that must be in the code, because routes and tables depend on them. */
export interface MfaStructure {
  /** Modules that export what your `users`, `challenges`, `events`, `keyProvider`, `sms` and `email` classes need. */
  imports?: (Type | DynamicModule | Promise<DynamicModule> | ForwardReference)[];
  /** Your users: a provider that extends `UserDirectory`, exported by one of `imports` or by a global module. */
  users: Type<UserDirectory>;
  /** Your own JWT or session: a class that extends `OwnCredential`, made with the exports of `imports`. Default: the module's tokens. */
  signedIn?: Type<OwnCredential>;
  /** Your entity that extends `AbstractMultiFactorAuth`. Default: `MultiFactorAuth`. */
  entity?: MultiFactorAuthEntity;
  /** What can be a second factor. Default: `[SmsChallenge]`. */
  challenges?: ChallengeClass[];
  /** The login routes. `passkey` signs in with a passkey alone. Default: `['authtoken', 'oauth2']`, and none with `signedIn`. */
  logins?: LoginProtocol[];
  /** The path of the routes. Default: `mfa`. */
  path?: string;
  /** Your decorators on the module's routes, e.g. `{ public: [Public()] }`. */
  routeDecorators?: RouteDecorators;
  /** Your listener: a class that extends `MfaEvents`, made with the exports of `imports`. */
  events?: Type<MfaEvents>;
  /** Keeps events in the table `mfa_event`. Default: false. */
  audit?: boolean;
  /** Your key service: a class that extends `KeyProvider`, made with the exports of `imports`. */
  keyProvider?: Type<KeyProvider>;
  /** The name of the TypeORM data source, if it is not the default one. */
  dataSource?: string;
  /** Lets other modules use guards and services without importing this module. Default: true. */
  isGlobal?: boolean;
}

/** Everything that `MfaModule.forRoot` takes. */
export type MfaModuleOptions = MfaValues & MfaStructure;

/** Everything that `forRootAsync` takes: the structure, and a factory for the values. */
export type MfaModuleAsyncOptions = MfaStructure &
  Omit<ConfigurableModuleAsyncOptions<MfaValues & { [Name in keyof MfaStructure]?: never }>, 'imports'>;

/** The structure with its defaults. */
export type Structure = Required<Omit<MfaStructure, 'users' | 'signedIn' | 'events' | 'keyProvider' | 'dataSource'>> &
  Pick<MfaStructure, 'users' | 'signedIn' | 'events' | 'keyProvider' | 'dataSource'>;

/**
 * The defaults of the structure. Each name is here, also without a default: the builder takes other names for values.
 */
export const DEFAULT_STRUCTURE: Partial<Structure> = {
  imports: [],
  users: undefined,
  entity: MultiFactorAuth,
  challenges: [SmsChallenge],
  logins: ['authtoken', 'oauth2'],
  path: 'mfa',
  routeDecorators: {},
  signedIn: undefined,
  events: undefined,
  audit: false,
  keyProvider: undefined,
  dataSource: undefined,
  isGlobal: true,
};

/** Every name of the structure, without values: what an application gives must differ from a default. */
export const NO_STRUCTURE: Partial<Structure> = Object.fromEntries(
  Object.keys(DEFAULT_STRUCTURE).map((name) => [name, undefined]),
);

/** Returns the structure with its defaults. The module's logins give its own tokens, which `signedIn` replaces. */
export function structureOf(given: Partial<Structure>): Structure {
  const logins = given.signedIn ? { logins: [] } : {};
  return { ...DEFAULT_STRUCTURE, ...logins, ...definedOnly(given) } as Structure;
}

/** The DI token of the application's values, as they were given. */
export const GIVEN = Symbol('MFA_GIVEN');

/** The DI token of the application's values, whose names are checked. */
export const VALUES = Symbol('MFA_VALUES');

/** The values that are option classes. Each class is its own DI token. */
export const OPTIONS = {
  totp: TotpOptions,
  webauthn: WebAuthnOptions,
  codes: CodeOptions,
  backupCodes: BackupCodeOptions,
  passwords: PasswordOptions,
  messages: MessageOptions,
  attempts: AttemptOptions,
  sessions: SessionOptions,
  stepUp: StepUpOptions,
  upkeep: UpkeepOptions,
  oauth2: OAuth2Options,
} satisfies Partial<Record<keyof MfaValues, Type>>;

/** Returns the providers of the application's values, which check them. */
export function valueProviders(): Provider[] {
  const value = (provide: Type, read: (given: MfaValues) => unknown): Provider => ({
    provide,
    inject: [VALUES],
    useFactory: read,
  });
  return [
    value(KeyRing, ({ keys }) => new KeyRing(keys)),
    value(Words, ({ words }) => new Words(words)),
    value(SmsOptions, ({ sms = {} }) => checkSmsOptions(sms)),
    value(EmailOptions, ({ email = {} }) => checkEmailOptions(email)),
    {
      provide: ErrorFormat,
      inject: [VALUES, Words],
      useFactory: ({ errorFormat }: MfaValues, words: Words) => errorFormatOf(errorFormat, words),
    },
    value(RequireMfaToken, ({ requireMfaToken }) => new RequireMfaToken(requireMfaToken)),
    {
      provide: TokenSource,
      inject: [VALUES, OwnCredentials],
      useFactory: ({ token }: MfaValues, own: OwnCredentials) => new TokenSource(token, own),
    },
    value(ManagementScope, ({ managementScope }) => new ManagementScope(managementScope)),
    ...Object.entries(OPTIONS).map(([name, Options]) =>
      value(Options, (given) => optionsOf<object>(Options, name, given[name as keyof typeof OPTIONS])),
    ),
  ];
}
