import type { Provider } from '@nestjs/common';
import { ACCOUNT_PROVIDERS } from './account/account.providers.js';
import type { ChallengeClass } from './challenge/challenge-registry.js';
import { challengeProviders } from './challenge/challenge.providers.js';
import { EmailChallenge } from './challenge/email/email-challenge.js';
import { emailProviders } from './challenge/email/email.providers.js';
import { BackupCodes } from './challenge/recovery/backup-codes.js';
import { SmsChallenge } from './challenge/sms/sms-challenge.js';
import { smsProviders } from './challenge/sms/sms.providers.js';
import { Clock } from './core/clock.js';
import { NEST_CORE, NestCore } from './core/nest-core.js';
import { ScopeCheck } from './core/scopes.js';
import { cryptoProviders } from './crypto/crypto.providers.js';
import { ENROLMENT_PROVIDERS } from './enrolment/enrolment.providers.js';
import { httpProviders } from './http/http.providers.js';
import { LIMITS_PROVIDERS } from './limits/limits.providers.js';
import { LOGIN_PROVIDERS } from './login/login.providers.js';
import { oauthProviders } from './login/oauth2/oauth.providers.js';
import { PasskeyLogin } from './login/passkey/passkey-login.js';
import { PasskeyTokens } from './login/passkey/passkey-tokens.js';
import { MessageDelivery } from './messages/message-delivery.js';
import { Messages } from './messages/messages.js';
import { checkValues } from './mfa.checks.js';
import { GIVEN, type Structure, VALUES, valueProviders } from './mfa.options.js';
import { ConfiguredFacts } from './openapi/configured-facts.js';
import { MfaOpenApi } from './openapi/mfa-open-api.js';
import { sessionProviders } from './session/session.providers.js';
import { STEP_UP_PROVIDERS } from './step-up/step-up.providers.js';
import { storeProviders } from './store/store.providers.js';
import { eventProviders } from './upkeep/event.providers.js';
import { UPKEEP_PROVIDERS } from './upkeep/upkeep.providers.js';
import { UserDirectory } from './users/user-directory.js';
import { VERIFICATION_PROVIDERS } from './verification/verification.providers.js';

/** Returns every provider of the module, from the ground up. Nest begins to create them in this order, and the first that fails ends the start. */
export function providersOf(structure: Structure): Provider[] {
  const { users, logins } = structure;
  return [
    NEST_CORE,
    { provide: VALUES, inject: [GIVEN], useFactory: checkValues },
    ...valueProviders(),
    Clock,
    ...cryptoProviders(structure),
    { provide: UserDirectory, useExisting: users },
    ...eventProviders(structure),
    ...httpProviders(structure),
    ...storeProviders(structure),
    scopeCheck(structure),
    ...challengesOf(structure),
    ...(logins.includes('oauth2') ? oauthProviders() : []),
    ...(logins.includes('passkey') ? [PasskeyTokens, PasskeyLogin] : []),
    ...LIMITS_PROVIDERS,
    MessageDelivery,
    Messages,
    ...VERIFICATION_PROVIDERS,
    ...sessionProviders(structure),
    ...STEP_UP_PROVIDERS,
    ...ENROLMENT_PROVIDERS,
    ...ACCOUNT_PROVIDERS,
    ...LOGIN_PROVIDERS,
    ...UPKEEP_PROVIDERS,
    ConfiguredFacts,
    MfaOpenApi,
  ];
}

function challengesOf({ challenges }: Structure): Provider[] {
  return [
    ...challengeProviders([...challenges, BackupCodes]),
    ...smsProviders({ needed: challenges.some(isA(SmsChallenge)) }),
    ...emailProviders({ needed: challenges.some(isA(EmailChallenge)) }),
  ];
}

function isA(Base: ChallengeClass) {
  return (Class: ChallengeClass) => Class === Base || Class.prototype instanceof Base;
}

function scopeCheck({ users, challenges }: Structure): Provider {
  const shared = [
    { option: 'forRootAsync', token: VALUES, name: 'the result of the factory' },
    { option: 'users', token: users, name: users.name },
    ...challenges.map((Class) => ({ option: 'challenges', token: Class, name: Class.name })),
  ];
  return {
    provide: ScopeCheck,
    inject: [NestCore],
    useFactory: ({ modules }: NestCore) => new ScopeCheck(modules, shared),
  };
}
