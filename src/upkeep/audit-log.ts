import { type MfaEvent, MfaEvents } from '../core/events.js';
import { randomId } from '../core/randomness.js';
import type { MfaAuditEvent } from '../store/mfa-audit-event.entity.js';
import type { Rows } from '../store/rows.js';

/** Keeps events in the table `mfa_event`. */
export class AuditLog extends MfaEvents {
  constructor(private readonly rows: Rows<MfaAuditEvent>) {
    super();
  }

  async on(event: MfaEvent): Promise<void> {
    const { userId, type, at } = event;
    // They name nobody, and strangers could fill the table with them.
    if (type === 'password_refused' || type === 'passwords_slowed') return;
    const challengeType = 'challengeType' in event ? event.challengeType : null;
    await this.rows.insert({ id: randomId(), userId, type, challengeType, at });
  }
}
