/** A clock that stands still until it is moved, so that codes which were made for a round are right to its end. */
export class HeldClock {
  private time = Date.parse('2026-03-01T12:00:00Z');

  now(): Date {
    return new Date(this.time);
  }

  advance(seconds: number): number {
    this.time += seconds * 1000;
    return this.time;
  }
}
