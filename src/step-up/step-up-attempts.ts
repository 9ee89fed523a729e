import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { unauthenticated } from '../session/unauthenticated.js';
import { MfaSession } from '../store/mfa-session.entity.js';
import type { Rows } from '../store/rows.js';
import { rowsToken } from '../store/tables.js';

/** Wrong codes at step-up, since the last right one, that end their session. */
const MOST_WRONG = 5;

/**
 * Counts wrong codes at step-up by their session. They end it, and lock no login: a stolen session would otherwise lock its owner out.
 */
@Injectable()
export class StepUpAttempts {
  constructor(
    @Inject(rowsToken(MfaSession)) private readonly rows: Rows<MfaSession>,
    private readonly clock: Clock,
    private readonly events: EventTeller,
  ) {}

  /** Takes one before the code is judged, so that no burst gets more. @throws {MfaError} 401 if none is left */
  async pay({ id }: MfaSession): Promise<void> {
    const text = 'UPDATE {table} SET {stepUpFailures} = {stepUpFailures} + 1 WHERE {id} = ? AND {stepUpFailures} < ?';
    if ((await this.rows.write(text, [id, MOST_WRONG])) !== 1) throw unauthenticated('invalid_token');
  }

  /** Gives back what was paid for a code that was not judged. */
  async giveBack({ id }: MfaSession): Promise<void> {
    const text = 'UPDATE {table} SET {stepUpFailures} = {stepUpFailures} - 1 WHERE {id} = ? AND {stepUpFailures} > 0';
    await this.rows.write(text, [id]);
  }

  /** Ends the session after a wrong code, if that was the last one. Told by the one request that ends it. */
  async fail({ id, userId }: MfaSession, challengeType: string, network: string): Promise<void> {
    const text = 'DELETE FROM {table} WHERE {id} = ? AND {stepUpFailures} >= ?';
    if ((await this.rows.write(text, [id, MOST_WRONG])) === 0) return;
    const about = { userId: userId!, at: this.clock.now(), challengeType };
    await this.events.tell({ type: 'step_up_guessed', ...about, sessionId: id, network });
  }
}
