import { DAY, HOUR, secondsAfter } from '../core/clock.js';
import type { SentMessage } from '../store/factor.js';

/** The purpose that marks a renewal of backup codes, which is limited like a message. */
export const RENEWAL = 'backup_codes';

/**
 * Returns the notes that still count: most of them for a day, those that no limit of the day counts for an hour. If failed messages stayed for
 * a day, somebody with the password could fill up the row, and MariaDB has 64 kB for it: no code of its owner could be written any more.
 */
export function recentMessages(sent: readonly SentMessage[], now: Date): SentMessage[] {
  return sent.filter((message, place) => {
    const seconds = isOfTheDay(message, sent.slice(place + 1)) ? DAY : HOUR;
    return message.sentAt > secondsAfter(now, -seconds);
  });
}

/** Returns the notes as they are after a right code. */
export function answered(sent: readonly SentMessage[], now: Date): SentMessage[] {
  return recentMessages(sent, now).map((message) => ({ ...message, answered: true }));
}

// A destination that was tried at an enrolment counts for a day, whatever came of it. One note of it is enough.
function isOfTheDay({ purpose, destination, givenBack }: SentMessage, later: readonly SentMessage[]): boolean {
  if (purpose === RENEWAL) return false;
  if (!givenBack) return true;
  return purpose === 'enrolment' && !later.some((one) => one.purpose === purpose && one.destination === destination);
}
