import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { MfaError } from '../core/mfa-error.js';

/** Slow tasks at a time. They share the process's four threads with the application. If they used all, nobody could sign in. */
const AT_ONCE = 2;

/** Requests that may wait, about five seconds of work. */
const MOST = 32;

/** Runs slow work, e.g. the hash of a backup code, two at a time, and refuses what would wait too long. */
@Injectable()
export class SlowQueue {
  private readonly inTurn = pLimit(AT_ONCE);
  private admitted = 0;

  /** Holds a place while `work` runs. @throws {MfaError} `unavailable` if there is no place: then nothing was done */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.admitted >= MOST) throw new MfaError('unavailable', { retryAfterSeconds: 5 });
    this.admitted += 1;
    try {
      return await work();
    } finally {
      this.admitted -= 1;
    }
  }

  /** Runs the slow part of admitted work in its turn. */
  run<T>(slow: () => Promise<T>): Promise<T> {
    return this.inTurn(slow);
  }
}
