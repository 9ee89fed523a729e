import { Clock } from '../core/clock.js';

/**
 * A clock that stands still until a test moves it. Put it in place of the module's `Clock`.
 * @example
 * ```ts
 * const clock = new TestClock();
 * const testing = Test.createTestingModule({ imports: [AppModule] }).overrideProvider(Clock).useValue(clock);
 * clock.advance(minutes(5));
 * ```
 */
export class TestClock extends Clock {
  private time: number;

  /** Starts at this moment. Default: noon of 1 March 2026 in UTC, at which a code's 30 seconds begin. */
  constructor(start = new Date('2026-03-01T12:00:00Z')) {
    super();
    this.time = start.getTime();
  }

  /** Returns the time that it shows. */
  override now(): Date {
    return new Date(this.time);
  }

  /** Moves it forward by a number of seconds (see `minutes()`), or back if the number is negative. */
  advance(seconds: number): void {
    this.time += seconds * 1000;
  }
}
