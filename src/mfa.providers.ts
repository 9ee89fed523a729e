import type { Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Access } from './account/access.js';
import { FactorImport } from './account/factor-import.js';
import { Identity } from './account/identity.js';
import { MultiFactorAuthService } from './account/multi-factor-auth.service.js';
import { type ChallengeClass, ChallengeRegistry } from './challenge/challenge-registry.js';
import { CodeOptions } from './challenge/one-time-code.js';
import { BackupCodes } from './challenge/recovery/backup-codes.js';
import { EmailChallenge } from './challenge/email/email-challenge.js';
import { emailProviders } from './challenge/email/email.providers.js';
import { SmsChallenge } from './challenge/sms/sms-challenge.js';
import { smsProviders } from './challenge/sms/sms.providers.js';
import { Clock } from './core/clock.js';
import { EmittedEvents } from './core/emitted-events.js';
import { EventTeller, type MfaEvents } from './core/events.js';
import { NEST_CORE, NestCore } from './core/nest-core.js';
import { createShared, ScopeCheck } from './core/scopes.js';
import { Cipher } from './crypto/cipher.js';
import type { KeyProvider } from './crypto/key-provider.js';
import { KeyRing } from './crypto/key-ring.js';
import { KeyedHash } from './crypto/keyed-hash.js';
import { TokenCipher } from './crypto/token-cipher.js';
import { Authenticators } from './enrolment/authenticators.js';
import { BackupCodeSet } from './enrolment/backup-code-set.js';
import { EnrolmentGate } from './enrolment/enrolment-gate.js';
import { FactorConfirmation } from './enrolment/factor-confirmation.js';
import { Factors } from './enrolment/factors.js';
import { FactorRequest } from './enrolment/factor-request.js';
import { KnownFactors } from './enrolment/known-factors.js';
import { NewFactors } from './enrolment/new-factors.js';
import { Removal } from './enrolment/removal.js';
import { UniqueFactors } from './enrolment/unique-factors.js';
import { Answer } from './http/answer.js';
import { ClientAddress } from './http/client-address.js';
import { MfaErrorFilter } from './http/mfa-exception.filter.js';
import { Interceptors } from './http/interceptors.js';
import { ModulePath } from './http/module-path.js';
import { RequestBodies } from './http/request-bodies.js';
import { ResponseHeaders } from './http/response-headers.js';
import { UnreadableBody } from './http/unreadable-body.js';
import { Attempts } from './limits/attempts.js';
import { CountryCounters } from './limits/country-counters.js';
import { QuotaWarnings } from './limits/quota-warnings.js';
import { GatewayBreaker } from './limits/gateway-breaker.js';
import { MessageQuotas } from './limits/message-quotas.js';
import { KnownNetworks } from './limits/known-networks.js';
import { PasswordLimits } from './limits/password-limits.js';
import { PasswordAttempts } from './limits/password-attempts.js';
import { RateLimits } from './limits/rate-limits.js';
import { VerifiedShare } from './limits/verified-share.js';
import { FirstHalf } from './login/first-half.js';
import { Login } from './login/login.js';
import { ClientSecrets } from './login/oauth2/client-secrets.js';
import { OAuthClients } from './login/oauth2/oauth-clients.js';
import { oauthProviders } from './login/oauth2/oauth.providers.js';
import { PasskeyLogin } from './login/passkey/passkey-login.js';
import { PasskeyTokens } from './login/passkey/passkey-tokens.js';
import { GivenProofs } from './login/given-proofs.js';
import { RecoveryLogin } from './login/recovery-login.js';
import { PendingLogins } from './login/pending-logins.js';
import { MfaLogin } from './login/mfa-login.js';
import { OpenSession } from './login/open-session.js';
import { SecondFactors } from './login/second-factors.js';
import { MessageDelivery } from './messages/message-delivery.js';
import { Messages } from './messages/messages.js';
import { checkValues } from './mfa.checks.js';
import { GIVEN, type Structure, VALUES, valueProviders } from './mfa.options.js';
import { ConfiguredFacts } from './openapi/configured-facts.js';
import { MfaOpenApi } from './openapi/mfa-open-api.js';
import { ClientTokens } from './session/client-tokens.js';
import type { OwnCredential } from './session/own-credential.js';
import { OwnCredentials } from './session/own-credentials.js';
import { ProofNames } from './session/proof-names.js';
import { RequestSignIn } from './session/request-sign-in.js';
import { Sessions } from './session/sessions.js';
import { SignedInAnswer } from './session/signed-in-answer.js';
import { Freshness } from './step-up/freshness.js';
import { StepUp } from './step-up/step-up.js';
import { StepUpPrompts } from './step-up/step-up-prompts.js';
import { StepUpCounts } from './step-up/step-up-counts.js';
import { StepUpAttempts } from './step-up/step-up-attempts.js';
import { UserStepUpAttempts } from './step-up/user-step-up-attempts.js';
import { AbstractMultiFactorAuth } from './store/abstract-multi-factor-auth.js';
import { CredentialIds } from './store/credential-ids.js';
import { FactorStates } from './store/factor-states.js';
import { MfaAuditEvent } from './store/mfa-audit-event.entity.js';
import { MfaCredential } from './store/mfa-credential.entity.js';
import { MultiFactorAuthStore } from './store/multi-factor-auth.store.js';
import type { Rows } from './store/rows.js';
import { checkEntities, rowsProviders, rowsToken, tableCheck } from './store/tables.js';
import { AuditLog } from './upkeep/audit-log.js';
import { KeyRotation } from './upkeep/key-rotation.js';
import { DeadRequests } from './upkeep/dead-requests.js';
import { Upkeep } from './upkeep/upkeep.js';
import { UpkeepTimer } from './upkeep/upkeep-timer.js';
import { UserDirectory } from './users/user-directory.js';
import { Ceremonies } from './verification/ceremonies.js';
import { CeremonyStarts } from './verification/ceremony-starts.js';
import { ClaimRules } from './verification/claims.js';
import { Methods } from './verification/methods.js';
import { OpenMethods } from './verification/open-methods.js';
import { PendingProofs } from './verification/pending-proofs.js';
import { Prompts } from './verification/prompts.js';
import { ShownMethods } from './verification/shown-methods.js';
import { Judge } from './verification/judge.js';
import { ProofReports } from './verification/proof-reports.js';
import { RecoveryProof } from './verification/recovery-proof.js';
import { SlowQueue } from './verification/slow-queue.js';
import { Verifier } from './verification/verifier.js';

/** The table exists only with `audit`. */
const AUDIT_ROWS = { token: rowsToken(MfaAuditEvent), optional: true };

/** Returns every provider of the module. */
export function providersOf(structure: Structure): Provider[] {
  const { logins } = structure;
  return [
    NEST_CORE,
    { provide: VALUES, inject: [GIVEN], useFactory: checkValues },
    ...valueProviders(),
    ...ground(structure),
    ...rowsProviders(structure),
    tableCheck(structure),
    storeOf(structure),
    CREDENTIAL_IDS,
    scopeCheck(structure),
    ...challengeProviders(structure),
    ...(logins.includes('oauth2') ? oauthProviders() : []),
    ...(logins.includes('passkey') ? [PasskeyTokens, PasskeyLogin] : []),
    ...DECIDING,
  ];
}

function challengeProviders({ challenges }: Structure): Provider[] {
  return [
    ...challenges,
    ...smsProviders({ needed: challenges.some(isA(SmsChallenge)) }),
    ...emailProviders({ needed: challenges.some(isA(EmailChallenge)) }),
    {
      provide: ChallengeRegistry,
      inject: [NestCore, Clock, CodeOptions],
      useFactory: ({ modules }: NestCore, clock: Clock, codes: CodeOptions) =>
        new ChallengeRegistry(modules, clock, codes, [...challenges, BackupCodes]),
    },
    {
      provide: ProofNames,
      inject: [ChallengeRegistry],
      useFactory: (registry: ChallengeRegistry) =>
        new ProofNames(new Set(registry.amrOf('factor')), new Set(registry.amrOf('recovery'))),
    },
  ];
}

function isA(Base: ChallengeClass) {
  return (Class: ChallengeClass) => Class === Base || Class.prototype instanceof Base;
}

/** The providers that store and decide, from the ground up. */
const DECIDING: Provider[] = [
  FactorStates,
  RateLimits,
  Attempts,
  KnownNetworks,
  PasswordLimits,
  PasswordAttempts,
  CountryCounters,
  VerifiedShare,
  GatewayBreaker,
  QuotaWarnings,
  MessageQuotas,
  MessageDelivery,
  Messages,
  BackupCodes,
  ClaimRules,
  Judge,
  SlowQueue,
  ProofReports,
  Verifier,
  RecoveryProof,
  Methods,
  CeremonyStarts,
  Ceremonies,
  OpenMethods,
  PendingProofs,
  ShownMethods,
  Prompts,
  Sessions,
  ClientTokens,
  RequestSignIn,
  SignedInAnswer,
  Freshness,
  StepUpAttempts,
  UserStepUpAttempts,
  StepUpCounts,
  StepUpPrompts,
  StepUp,
  NewFactors,
  KnownFactors,
  EnrolmentGate,
  UniqueFactors,
  Authenticators,
  FactorRequest,
  FactorConfirmation,
  Factors,
  Removal,
  BackupCodeSet,
  FactorImport,
  Access,
  Identity,
  MultiFactorAuthService,
  PendingLogins,
  GivenProofs,
  RecoveryLogin,
  SecondFactors,
  FirstHalf,
  Login,
  OpenSession,
  MfaLogin,
  ClientSecrets,
  OAuthClients,
  KeyRotation,
  DeadRequests,
  Upkeep,
  UpkeepTimer,
  ConfiguredFacts,
  MfaOpenApi,
];

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

const CREDENTIAL_IDS: Provider = {
  provide: CredentialIds,
  inject: [rowsToken(MfaCredential), MultiFactorAuthStore],
  useFactory: (...parts: ConstructorParameters<typeof CredentialIds>) => new CredentialIds(...parts),
};

function storeOf(structure: Structure): Provider {
  return {
    provide: MultiFactorAuthStore,
    // Optional, so that what is missing is told by a sentence of the module.
    inject: [
      NestCore,
      { token: getDataSourceToken(structure.dataSource), optional: true },
      rowsToken(AbstractMultiFactorAuth),
      Clock,
    ],
    useFactory: (_: NestCore, source: DataSource, ...parts: ConstructorParameters<typeof MultiFactorAuthStore>) => {
      // With `manualInitialization`, it is connected later, and knows no entity before.
      if (source.isInitialized) checkEntities(source, structure);
      return new MultiFactorAuthStore(...parts);
    },
  };
}

/** The ports, and what all others need. */
function ground({ users, signedIn, path, events, keyProvider }: Structure): Provider[] {
  return [
    Clock,
    {
      provide: Cipher,
      inject: [KeyRing, NestCore],
      useFactory: async (keys: KeyRing, { modules }: NestCore) =>
        new Cipher(keys, keyProvider && (await createShared<KeyProvider>(modules, 'keyProvider', keyProvider))),
    },
    KeyedHash,
    TokenCipher,
    { provide: UserDirectory, useExisting: users },
    {
      provide: OwnCredentials,
      inject: [NestCore, ProofNames],
      useFactory: async ({ modules }: NestCore, names: ProofNames) =>
        new OwnCredentials(names, signedIn && (await createShared<OwnCredential>(modules, 'signedIn', signedIn))),
    },
    eventTeller(events),
    { provide: ModulePath, useValue: new ModulePath(path) },
    Answer,
    ClientAddress,
    ResponseHeaders,
    UnreadableBody,
    RequestBodies,
    Interceptors,
    { provide: APP_FILTER, useClass: MfaErrorFilter },
  ];
}

function eventTeller(listener: Structure['events']): Provider {
  return {
    provide: EventTeller,
    inject: [NestCore, AUDIT_ROWS],
    useFactory: async ({ modules, all }: NestCore, audit?: Rows<MfaAuditEvent>) =>
      new EventTeller(
        [...(listener ? [await createShared<MfaEvents>(modules, 'events', listener)] : []), new EmittedEvents(all)],
        audit && new AuditLog(audit),
      ),
  };
}
