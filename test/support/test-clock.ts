import { Clock } from '../../src/index.js';

/** A clock that stands still until it is moved. It starts at the beginning of a window. */
export class TestClock extends Clock {
  private time = new Date('2026-03-01T12:00:00Z').getTime();

  override now(): Date {
    return new Date(this.time);
  }

  advance(seconds: number): void {
    this.time += seconds * 1000;
  }
}
