import { Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { CodeOptions } from './one-time-code.js';
import type { Purpose } from '../core/purpose.js';
import type { ChallengeContext } from './challenge.js';

/** Says when, for whom and for what a challenge is asked. */
@Injectable()
export class ChallengeContexts {
  constructor(
    private readonly clock: Clock,
    private readonly codes: CodeOptions,
  ) {}

  now(userId: string, purpose: Purpose): ChallengeContext {
    return { ...this.codes, now: this.clock.now(), userId, purpose };
  }
}
