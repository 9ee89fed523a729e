import { Injectable } from '@nestjs/common';
import { Prompter } from '../challenge/prompter.js';
import { Clock } from '../core/clock.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { AttemptOptions } from './attempt-options.js';
import { waitingSeconds } from './attempts.js';
import { codeBudget } from './budgets.js';

/** Asks a user for the second factor: at login and at step-up. */
@Injectable()
export class FactorPrompt {
  constructor(
    private readonly prompter: Prompter,
    private readonly attempts: AttemptOptions,
    private readonly clock: Clock,
  ) {}

  /** Sends the code, unless one was sent just now. @throws {MfaError} 503 if it cannot */
  async send(record: AbstractMultiFactorAuth, purpose: 'login' | 'step-up'): Promise<void> {
    // While codes are not taken, one would only cost its owner's attention and a message.
    if (waitingSeconds(record, codeBudget(this.attempts), this.clock.now()) > 0) return;
    await this.prompter.prompt(record, purpose);
  }
}
