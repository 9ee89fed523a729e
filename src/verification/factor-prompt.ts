import { Injectable } from '@nestjs/common';
import { Prompter } from './prompter.js';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { networkOf } from '../http/network.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { AttemptOptions } from '../limits/attempt-options.js';
import { waitingSeconds } from '../limits/attempts.js';
import { codeBudget } from '../limits/budgets.js';

/** Asks a user for the second factor: at login and at step-up. */
@Injectable()
export class FactorPrompt {
  constructor(
    private readonly prompter: Prompter,
    private readonly attempts: AttemptOptions,
    private readonly clock: Clock,
    private readonly events: EventTeller,
  ) {}

  /** Sends the code, unless one was sent just now. @throws {MfaError} 503 if it cannot */
  async send(
    record: AbstractMultiFactorAuth,
    purpose: 'login' | 'step-up',
    address: string | undefined,
  ): Promise<void> {
    const now = this.clock.now();
    const wait = waitingSeconds(record, codeBudget(this.attempts), now);
    if (wait === 0) return this.prompter.prompt(record, { purpose, network: networkOf(address) });
    // While codes are not taken, one would only cost its owner's attention and a message.
    const { userId, challengeType } = record;
    const refusal = { type: 'message_refused', limit: 'lock', retryAfterSeconds: wait } as const;
    await this.events.tell({ ...refusal, userId, at: now, challengeType });
  }
}
