import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { refuseIf } from '../limits/refuse-if.js';
import type { LiveSession } from '../session/live-session.js';
import { joined } from '../session/sessions.js';
import { unauthenticated } from '../session/unauthenticated.js';
import { MfaSession } from '../store/mfa-session.entity.js';
import type { Rows } from '../store/rows.js';
import { rowsToken } from '../store/tables.js';
import type { StepUpCount } from './step-up-count.js';

/** Wrong codes at step-up, since the last right one, that end their session. */
const MOST_WRONG = 5;

/** A code that came within a second of the last right one may have been sent together with it. */
const BURST_MILLISECONDS = 1000;

/** The outcomes that were told up to the last right one, if the request may have been sent together with it. */
const TOLD_IN_BURST = 'CASE WHEN {factorProvenAt} > ? THEN {stepUpTold} ELSE 0 END';

/**
 * Counts wrong codes at step-up by their session. They end it, and lock no login: a stolen session would otherwise lock its owner out.
 */
@Injectable()
export class StepUpAttempts implements StepUpCount {
  constructor(
    @Inject(rowsToken(MfaSession)) private readonly rows: Rows<MfaSession>,
    private readonly clock: Clock,
    private readonly events: EventTeller,
  ) {}

  /**
   * Takes one before the code is judged, so that no burst gets more, also where the right one is among them.
   * @throws {MfaError} 401 if the session has ended, and `locked` if only its burst has
   */
  async pay({ id }: LiveSession, startedAt: Date): Promise<void> {
    const text = `UPDATE {table} SET {stepUpFailures} = {stepUpFailures} + 1
      WHERE {id} = ? AND {stepUpFailures} + ${TOLD_IN_BURST} < ?`;
    if ((await this.rows.write(text, [id, burstBegan(startedAt), MOST_WRONG])) === 1) return;
    const session = await this.rows.find({ id: id! });
    if (session && session.stepUpFailures < MOST_WRONG) refuseIf(1);
    throw unauthenticated('invalid_token');
  }

  /** Gives back what was paid for a code that was not judged. */
  async giveBack({ id }: LiveSession): Promise<void> {
    const text = 'UPDATE {table} SET {stepUpFailures} = {stepUpFailures} - 1 WHERE {id} = ? AND {stepUpFailures} > 0';
    await this.rows.write(text, [id]);
  }

  /** Notes the factor that a right code has proven. The wrong ones before it no longer count, except for the rest of its burst. @throws {MfaError} 401 */
  async succeed(session: LiveSession, amr: readonly string[], startedAt: Date): Promise<LiveSession> {
    // MariaDB sees each assignment in those after it.
    const text = `UPDATE {table} SET {stepUpTold} = {stepUpFailures} + ${TOLD_IN_BURST}, {stepUpFailures} = 0,
      {factorProvenAt} = ?, {amr} = ? WHERE {id} = ?`;
    const goesOn = { ...session, factorProvenAt: this.clock.now(), amr: joined(session.amr, amr) };
    const proven = [goesOn.factorProvenAt.getTime(), goesOn.amr.join(' ')];
    const written = await this.rows.write(text, [burstBegan(startedAt), ...proven, session.id]);
    // A wrong code beside it has ended the session.
    if (written === 0) throw unauthenticated('invalid_token');
    return goesOn;
  }

  /** Ends the session after a wrong code, if that was the last one. Told by the one request that ends it. */
  async fail({ id, userId }: LiveSession, challengeType: string, network: string): Promise<void> {
    const text = 'DELETE FROM {table} WHERE {id} = ? AND {stepUpFailures} >= ?';
    if ((await this.rows.write(text, [id, MOST_WRONG])) === 0) return;
    const about = { userId: userId!, at: this.clock.now(), challengeType };
    await this.events.tell({ type: 'step_up_guessed', ...about, sessionId: id!, network });
  }
}

function burstBegan(startedAt: Date): number {
  return startedAt.getTime() - BURST_MILLISECONDS;
}
