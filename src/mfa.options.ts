import type { ConfigurableModuleAsyncOptions, DynamicModule, ForwardReference, Type } from '@nestjs/common';
import type { BackupCodeOptions } from './challenge/recovery/backup-code-options.js';
import type { ChallengeClass } from './challenge/challenge-registry.js';
import type { MessageOptions } from './limits/message-options.js';
import type { SmsQueue } from './challenge/sms/sms-queue.js';
import type { SendSms, SmsSender } from './challenge/sms/sms-sender.js';
import type { TwilioOptions } from './challenge/sms/twilio-sms-sender.js';
import type { MfaEvents } from './core/events.js';
import type { KeyProvider } from './crypto/key-provider.js';
import type { CodeOptions } from './challenge/one-time-code.js';
import type { UserDirectory } from './users/user-directory.js';
import type { WordOverrides } from './core/words.js';
import type { RouteDecorators } from './http/module-routes.js';
import type { PasswordOptions } from './limits/password-options.js';
import type { SessionOptions } from './session/session-options.js';
import type { StepUpOptions } from './step-up/step-up-options.js';
import type { MultiFactorAuthEntity } from './store/tables.js';
import type { UpkeepOptions } from './upkeep/upkeep-options.js';
import type { AttemptOptions } from './limits/attempt-options.js';

/** How messages leave: your own sender, or Twilio. With neither, the code goes to the log, and production refuses to start. */
export interface SmsOptions {
  /** A class that extends `SmsSender`, made with what `imports` offers, or a plain function. */
  sender?: Type<SmsSender> | SendSms;
  /** What sends when the first one fails or takes more than half of the time: of the same two kinds. */
  fallback?: Type<SmsSender> | SendSms;
  /** Your queue: a class that extends `SmsQueue`, made with what `imports` offers. Messages are handed to it, sealed. */
  queue?: Type<SmsQueue>;
  /** The countries whose numbers may become a factor, e.g. `['US', 'CA']` (ISO 3166-1 alpha-2). Default: every country. */
  allowedCountries?: readonly string[];
  /** Credentials of Twilio. They count as given once one of them is; then none of the needed ones may be missing. */
  twilio?: Partial<TwilioOptions>;
}

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
