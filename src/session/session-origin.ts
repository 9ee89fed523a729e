import type { EventOrigin } from '../core/events.js';
import type { LiveSession } from './live-session.js';

/** Returns where an event of a session came from. */
export function originOf({ id, clientId }: LiveSession, network?: string): EventOrigin {
  return { sessionId: id ?? undefined, clientId: clientId ?? undefined, network };
}
