import type { Provider, Type } from '@nestjs/common';
import { EmittedEvents } from '../core/emitted-events.js';
import { EventTeller, type MfaEvents } from '../core/events.js';
import { NestCore } from '../core/nest-core.js';
import { createShared } from '../core/scopes.js';
import { MfaAuditEvent } from '../store/mfa-audit-event.entity.js';
import type { Rows } from '../store/rows.js';
import { rowsToken } from '../store/tables.js';
import { AuditLog } from './audit-log.js';

/** The table exists only with `audit`. */
const AUDIT_ROWS = { token: rowsToken(MfaAuditEvent), optional: true };

/** Returns the provider that tells events. @param events the application's listener */
export function eventProviders({ events: listener }: { events?: Type<MfaEvents> }): Provider[] {
  return [
    {
      provide: EventTeller,
      inject: [NestCore, AUDIT_ROWS],
      useFactory: async ({ modules, all }: NestCore, audit?: Rows<MfaAuditEvent>) =>
        new EventTeller(
          [...(listener ? [await createShared<MfaEvents>(modules, 'events', listener)] : []), new EmittedEvents(all)],
          audit && new AuditLog(audit),
        ),
    },
  ];
}
