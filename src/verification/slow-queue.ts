import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { MfaError } from '../core/mfa-error.js';

/** Slow work at a time. It shares the process's four threads with the application's own: were they all taken, nobody could sign in. */
const AT_ONCE = 2;

/** Requests that may wait for it, some five seconds' work. */
const MOST = 32;

/** Lets slow work, e.g. the hash of a backup code, through two by two, and refuses what would wait too long. */
@Injectable()
export class SlowQueue {
  private readonly inTurn = pLimit(AT_ONCE);
  private admitted = 0;

  /** Holds a place while `work` runs. @throws {MfaError} `unavailable` before anything is done, if there is none */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.admitted >= MOST) throw new MfaError('unavailable', { retryAfterSeconds: 5 });
    this.admitted += 1;
    try {
      return await work();
    } finally {
      this.admitted -= 1;
    }
  }

  /** Runs the slow part of admitted work in turn. */
  run<T>(slow: () => Promise<T>): Promise<T> {
    return this.inTurn(slow);
  }
}
