import type { Type } from '@nestjs/common';
import type { AbstractMultiFactorAuth } from './abstract-multi-factor-auth.js';
import { MfaAuditEvent } from './mfa-audit-event.entity.js';
import { MfaOAuthClient } from './mfa-oauth-client.entity.js';
import { MfaRateLimit } from './mfa-rate-limit.entity.js';
import { MfaSession } from './mfa-session.entity.js';

/** A class that extends `AbstractMultiFactorAuth` and has `@Entity()`. */
export type MultiFactorAuthEntity = new () => AbstractMultiFactorAuth;

/** The entities of the module besides the one of users. */
export const MFA_ENTITIES = [MfaSession, MfaOAuthClient, MfaRateLimit] as const;

/** Those that this application uses. */
export function entitiesOf({ audit }: { audit: boolean }): Type[] {
  return audit ? [...MFA_ENTITIES, MfaAuditEvent] : [...MFA_ENTITIES];
}
