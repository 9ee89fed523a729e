import { Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { type Allowance, waitingSeconds } from '../limits/rate-limit.js';
import { RateLimits } from '../limits/rate-limits.js';
import { refuseIf } from '../limits/refuse-if.js';
import type { LiveSession } from '../session/live-session.js';
import { joined } from '../session/sessions.js';
import type { StepUpCount } from './step-up-count.js';

/** Wrong codes at step-up, and one more every five minutes. */
const WRONG: Allowance = { burst: 5, refillSeconds: 300 };

/**
 * Counts wrong codes at step-up by their user, for credentials of the application. Nothing here can end a stolen one, and it may be copied
 * or renewed, so a count of its own would start again. The limit refuses step-ups alone: its owner can sign in again.
 */
@Injectable()
export class UserStepUpAttempts implements StepUpCount {
  constructor(
    private readonly limits: RateLimits,
    private readonly clock: Clock,
    private readonly events: EventTeller,
  ) {}

  async pay(session: LiveSession, startedAt: Date): Promise<void> {
    refuseIf(await this.limits.take({ id: this.idOf(session), limit: WRONG, now: startedAt }));
  }

  async giveBack(session: LiveSession, startedAt: Date): Promise<void> {
    await this.limits.refund(this.idOf(session), WRONG, startedAt, this.clock.now());
  }

  // The wrong ones before it still count: an attacker who knows one right code must not get more guesses by it.
  async succeed(session: LiveSession, amr: readonly string[], startedAt: Date, isPaid = true): Promise<LiveSession> {
    if (isPaid) await this.giveBack(session, startedAt);
    return { ...session, factorProvenAt: this.clock.now(), amr: joined(session.amr, amr) };
  }

  async fail(session: LiveSession, challengeType: string, network: string): Promise<void> {
    const [id, now] = [this.idOf(session), this.clock.now()];
    const row = (await this.limits.find([id])).get(id);
    if (waitingSeconds(row, WRONG, now) === 0) return;
    await this.events.tell({ type: 'step_up_guessed', userId: session.userId!, at: now, challengeType, network });
  }

  private idOf({ userId }: LiveSession): string {
    return this.limits.id('step-up', userId!);
  }
}
