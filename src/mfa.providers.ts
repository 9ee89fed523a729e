import { type InjectionToken, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { getDataSourceToken, getRepositoryToken } from '@nestjs/typeorm';
import type { DataSource, ObjectLiteral, Repository } from 'typeorm';
import { ChallengeContexts } from './challenge/challenge-contexts.js';
import { ChallengeRegistry } from './challenge/challenge-registry.js';
import { BackupCodes } from './challenge/recovery/backup-codes.js';
import { SmsChallenge } from './challenge/sms/sms-challenge.js';
import { Cipher } from './crypto/cipher.js';
import { Clock } from './core/clock.js';
import { EmittedEvents } from './core/emitted-events.js';
import { EventTeller, type MfaEvents } from './core/events.js';
import type { KeyProvider } from './crypto/key-provider.js';
import { KeyedHash } from './crypto/keyed-hash.js';
import { KeyRing } from './crypto/key-ring.js';
import { Misconfiguration } from './core/misconfiguration.js';
import { UserDirectory } from './users/user-directory.js';
import { FactorConfirmation } from './enrolment/factor-confirmation.js';
import { FactorImport } from './enrolment/factor-import.js';
import { FactorRequest } from './enrolment/factor-request.js';
import { MultiFactorAuthService } from './enrolment/multi-factor-auth.service.js';
import { Answer } from './http/answer.js';
import { ClientAddress } from './http/client-address.js';
import { MfaErrorFilter } from './http/mfa-exception.filter.js';
import { ModulePath, ResponseHeaders } from './http/response-headers.js';
import { Login } from './login/login.js';
import { OAuthClients } from './login/oauth2/oauth-clients.js';
import { OAuthModel } from './login/oauth2/oauth-model.js';
import { TokenEndpoint } from './login/oauth2/token-endpoint.js';
import { OpenSession } from './login/open-session.js';
import { PasswordAttempts } from './limits/password-attempts.js';
import { messages } from './mfa.messages.js';
import { SessionOptions } from './session/session-options.js';
import { Sessions } from './session/sessions.js';
import { Freshness } from './step-up/freshness.js';
import { AbstractMultiFactorAuth } from './store/abstract-multi-factor-auth.js';
import { MfaAuditEvent } from './store/mfa-audit-event.entity.js';
import { MfaOAuthClient } from './store/mfa-oauth-client.entity.js';
import { MfaRateLimit } from './store/mfa-rate-limit.entity.js';
import { MfaSession } from './store/mfa-session.entity.js';
import { MultiFactorAuthStore } from './store/multi-factor-auth.store.js';
import { RateLimits } from './limits/rate-limits.js';
import { Rows } from './store/rows.js';
import { entitiesOf } from './store/tables.js';
import { AuditLog } from './upkeep/audit-log.js';
import { KeyRotation } from './upkeep/key-rotation.js';
import { Upkeep } from './upkeep/upkeep.js';
import { UpkeepOptions } from './upkeep/upkeep-options.js';
import { UpkeepTimer } from './upkeep/upkeep-timer.js';
import { Attempts } from './limits/attempts.js';
import { FactorPrompt } from './verification/factor-prompt.js';
import { FactorProof } from './verification/factor-proof.js';
import { Verifier } from './verification/verifier.js';
import { checkImportedOnce, type Structure } from './mfa.structure.js';
import { values } from './mfa.values.js';

type TableClass = abstract new () => object;

const rowsToken = ({ name }: TableClass) => `Rows of ${name}`;

/** Only an application with `audit` has the table. */
const AUDIT_ROWS = { token: rowsToken(MfaAuditEvent), optional: true };

/** Words and ports: what everything else stands on. */
export function ground({ users, path, events, keyProvider }: Structure): Provider[] {
  return [
    ...values(),
    Clock,
    {
      provide: Cipher,
      inject: [KeyRing, ModuleRef],
      useFactory: async (keys: KeyRing, modules: ModuleRef) =>
        new Cipher(keys, keyProvider && (await modules.create<KeyProvider>(keyProvider))),
    },
    KeyedHash,
    { provide: UserDirectory, useExisting: users },
    {
      provide: EventTeller,
      inject: [ModuleRef, ModulesContainer, AUDIT_ROWS],
      useFactory: async (modules: ModuleRef, all: ModulesContainer, audit?: Rows<MfaAuditEvent>) =>
        new EventTeller(
          [...(events ? [await modules.create<MfaEvents>(events)] : []), new EmittedEvents(all)],
          audit && new AuditLog(audit),
        ),
    },
    {
      provide: ModulePath,
      inject: [ModulesContainer, HttpAdapterHost],
      // Checked here, because whatever is set up on the server needs the path.
      useFactory: (modules: ModulesContainer, host: HttpAdapterHost) => {
        checkImportedOnce(modules, host);
        return new ModulePath(path);
      },
    },
    Answer,
    ClientAddress,
    ResponseHeaders,
    { provide: APP_FILTER, useClass: MfaErrorFilter },
  ];
}

/** What reads and writes rows. */
export function keeping({ entity, audit, dataSource }: Structure): Provider[] {
  const tables = entitiesOf({ audit });
  return [
    rowsOf(AbstractMultiFactorAuth, getRepositoryToken(entity, dataSource)),
    ...tables.map((table) => rowsOf(table, getRepositoryToken(table, dataSource))),
    {
      provide: MultiFactorAuthStore,
      inject: [getDataSourceToken(dataSource), rowsToken(AbstractMultiFactorAuth)],
      useFactory: (source: DataSource, rows: Rows<AbstractMultiFactorAuth>) => {
        checkEntities(source, [entity, ...tables]);
        return new MultiFactorAuthStore(rows);
      },
    },
    {
      provide: Sessions,
      inject: [rowsToken(MfaSession), KeyedHash, Clock, SessionOptions, EventTeller],
      useFactory: (...parts: ConstructorParameters<typeof Sessions>) => new Sessions(...parts),
    },
    {
      provide: RateLimits,
      inject: [rowsToken(MfaRateLimit), KeyedHash],
      useFactory: (...parts: ConstructorParameters<typeof RateLimits>) => new RateLimits(...parts),
    },
    {
      provide: OAuthClients,
      inject: [rowsToken(MfaOAuthClient), Clock],
      useFactory: (...parts: ConstructorParameters<typeof OAuthClients>) => new OAuthClients(...parts),
    },
  ];
}

/** What decides. */
export function deciding({ challenges }: Structure): Provider[] {
  return [
    ...challenges,
    ...messages({ needsSms: challenges.includes(SmsChallenge) }),
    {
      provide: ChallengeRegistry,
      inject: [ModuleRef],
      useFactory: (modules: ModuleRef) => new ChallengeRegistry(modules, challenges),
    },
    ChallengeContexts,
    BackupCodes,
    Attempts,
    Verifier,
    FactorProof,
    FactorPrompt,
    Freshness,
    FactorRequest,
    FactorConfirmation,
    FactorImport,
    MultiFactorAuthService,
    PasswordAttempts,
    Login,
    OpenSession,
    OAuthModel,
    TokenEndpoint,
  ];
}

/** What operators run beside the requests. */
export function upkeep(): Provider[] {
  return [
    KeyRotation,
    {
      provide: Upkeep,
      inject: [rowsToken(MfaSession), rowsToken(MfaRateLimit), Clock, UpkeepOptions, AUDIT_ROWS],
      useFactory: (...parts: ConstructorParameters<typeof Upkeep>) => new Upkeep(...parts),
    },
    UpkeepTimer,
  ];
}

function rowsOf(entity: TableClass, table: InjectionToken): Provider {
  return {
    provide: rowsToken(entity),
    inject: [table],
    useFactory: (repository: Repository<ObjectLiteral>) => new Rows(repository),
  };
}

function checkEntities(source: DataSource, entities: readonly Type[]): void {
  const unknown = entities.find((entity) => !source.hasMetadata(entity));
  if (!unknown) return;
  throw new Misconfiguration(
    `TypeORM does not know ${unknown.name}, e.g. @Entity() on it and TypeOrmModule.forRoot({ …, autoLoadEntities: true }).`,
  );
}
