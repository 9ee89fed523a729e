import type { EntityManager } from 'typeorm';
import { type EventOrigin, type MfaEvent, TransactionalListener } from '../core/events.js';
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

  async on(event: MfaEvent, { purpose, network, sessionId, clientId }: EventOrigin): Promise<void> {
    const { userId, type, at } = event;
    // It repeats the `password_refused` of the same request. Nothing limits the other, so strangers could fill the table with it.
    if (type === 'passwords_slowed' || type === 'number_refused') return;
    const challengeType = 'challengeType' in event ? (event.challengeType ?? null) : null;
    await this.rows.insert({
      id: randomId(),
      userId,
      type,
      challengeType,
      purpose: purpose ?? null,
      network: network === undefined ? null : readable(network),
      sessionId: sessionId ?? null,
      clientId: clientId ?? null,
      amr: 'amr' in event ? event.amr.join(' ') : null,
      at,
    });
  }
}

/** Returns a network as people write it, e.g. `192.0.2.0/24`. */
function readable(network: string): string {
  const [kind, hex = ''] = network.split(':');
  const bytes = Buffer.from(hex, 'hex');
  if (kind === 'v4' && bytes.length === 3) return `${bytes.join('.')}.0/24`;
  const groups = hex.match(/[0-9a-f]{4}/g);
  return kind === 'v6' && groups ? `${groups.join(':')}::/${bytes.length * 8}` : network;
}
