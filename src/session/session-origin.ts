import type { EventOrigin } from '../core/events.js';
import type { MfaSession } from '../store/mfa-session.entity.js';

/** Returns where an event of a session came from. */
export function originOf({ id, clientId }: MfaSession, network?: string): EventOrigin {
  return { sessionId: id, clientId: clientId ?? undefined, network };
}
