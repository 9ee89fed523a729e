import type { Type } from '@nestjs/common';
import { type MfaEvent, MfaEvents } from '../../src/index.js';

/** A listener for the option `events`, and what it was told. */
export interface EventLog {
  listener: Type<MfaEvents>;
  events: MfaEvent[];
  /** How often a user was told of something. */
  count: (type: MfaEvent['type'], userId: string) => number;
}

export function eventLog(): EventLog {
  const events: MfaEvent[] = [];
  class Listener extends MfaEvents {
    override on(event: MfaEvent): void {
      events.push(event);
    }
  }
  return {
    listener: Listener,
    events,
    count: (type, userId) => events.filter((event) => event.type === type && event.userId === userId).length,
  };
}
