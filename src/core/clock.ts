/**
 * The only source of time. Tests replace it.
 * @example
 * ```ts
 * const clock = { time: Date.parse('2026-03-01T12:00:00Z'), now: () => new Date(clock.time) };
 * Test.createTestingModule({ imports: [AppModule] }).overrideProvider(Clock).useValue(clock);
 * ```
 */
export class Clock {
  /** Returns the current time. */
  now(): Date {
    return new Date();
  }
}

/** Seconds. */
export const [HOUR, DAY] = [3600, 86_400];

/** Seconds by which the clocks of instances may differ. */
export const TOLERATED_SECONDS = 60;

/** Returns a later moment, or an earlier one for a negative number. */
export function secondsAfter(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * 1000);
}

/**
 * Says whether something with a limited life is alive at this moment. One whose end is too far away was made while a clock was ahead, and
 * would live until ours gets there.
 */
export function isLive(expiresAt: Date, now: Date, longestSeconds: number): boolean {
  return expiresAt > now && expiresAt <= secondsAfter(now, longestSeconds + TOLERATED_SECONDS);
}

/** Returns the whole seconds between two moments, at least 0. */
export function secondsUntil(now: Date, moment: Date): number {
  return Math.max(0, Math.ceil((moment.getTime() - now.getTime()) / 1000));
}
