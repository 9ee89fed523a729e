import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';

/** Slow tasks at a time. They share the process's four threads with the application. If they used all, nobody could sign in. */
const AT_ONCE = 2;

/** Requests that may wait, about five seconds of work. */
const MOST = 32;

/** Requests that may wait for one user. All but the first leave half of the places to users who have none. */
const MOST_OF_ONE = 8;

/** Runs slow work, e.g. the hash of a backup code, two at a time and the users in turn, and refuses what would wait too long. */
@Injectable()
export class SlowQueue {
  private readonly places = new Map<string, number>();
  /** What waits, by user: who stands first is served next. */
  private readonly waiting = new Map<string, (() => void)[]>();
  private admitted = 0;
  private running = 0;

  /**
   * Holds a place of a user while `work` runs. If it refuses, nothing was done.
   * @param tooMany what a user is told who has too many places. Default: `locked`
   * @throws {MfaError} that, or `unavailable` if there is no place left
   */
  async admit<T>(user: string, work: () => Promise<T>, tooMany: 'locked' | 'unavailable' = 'locked'): Promise<T> {
    const own = this.places.get(user) ?? 0;
    if (own >= MOST_OF_ONE) throw new MfaError(tooMany, { retryAfterSeconds: 5 });
    if (this.admitted >= (own === 0 ? MOST : MOST / 2)) throw new MfaError('unavailable', { retryAfterSeconds: 5 });
    this.hold(user, 1);
    try {
      return await work();
    } finally {
      this.hold(user, -1);
    }
  }

  /** Runs the slow part of admitted work in its turn. */
  async run<T>(user: string, slow: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      const own = this.waiting.get(user);
      if (own) own.push(start);
      else this.waiting.set(user, [start]);
      this.serve();
    });
    try {
      return await slow();
    } finally {
      this.running -= 1;
      this.serve();
    }
  }

  private hold(user: string, change: 1 | -1): void {
    const own = (this.places.get(user) ?? 0) + change;
    if (own > 0) this.places.set(user, own);
    else this.places.delete(user);
    this.admitted += change;
  }

  private serve(): void {
    for (const [user, [start, ...others]] of this.waiting) {
      if (this.running >= AT_ONCE) return;
      // A user who was served goes to the end.
      this.waiting.delete(user);
      if (others.length > 0) this.waiting.set(user, others);
      this.running += 1;
      start!();
    }
  }
}
