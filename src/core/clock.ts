/** The only source of time. Replace it in tests with `overrideProvider(Clock)`. */
export class Clock {
  /** This moment. */
  now(): Date {
    return new Date();
  }
}

/** Seconds. */
export const [HOUR, DAY] = [3600, 86_400];

/** A later (or, with a negative number, earlier) moment. */
export function secondsAfter(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * 1000);
}

/** Whole seconds from one moment until another, never less than 0. */
export function secondsUntil(now: Date, moment: Date): number {
  return Math.max(0, Math.ceil((moment.getTime() - now.getTime()) / 1000));
}
