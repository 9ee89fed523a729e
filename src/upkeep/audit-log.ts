import type { EntityManager } from 'typeorm';
import { type MfaEvent, TransactionalListener } from '../core/events.js';
import { randomId } from '../crypto/randomness.js';
import type { MfaAuditEvent } from '../store/mfa-audit-event.entity.js';
import type { Rows } from '../store/rows.js';

/** Keeps events in the table `mfa_event`. */
export class AuditLog extends TransactionalListener {
  constructor(private readonly rows: Rows<MfaAuditEvent>) {
    super();
  }

  within(manager: EntityManager): AuditLog {
    return new AuditLog(this.rows.within(manager));
  }

  async erase(userId: string): Promise<void> {
    await this.rows.delete({ userId });
  }

  async on(event: MfaEvent): Promise<void> {
    const { userId, type, at } = event;
    // These name nobody, and strangers could fill the table with them.
    if (type === 'password_refused' || type === 'passwords_slowed') return;
    const challengeType = 'challengeType' in event ? event.challengeType : null;
    await this.rows.insert({ id: randomId(), userId, type, challengeType, at });
  }
}
