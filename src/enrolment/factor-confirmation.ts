import { Injectable } from '@nestjs/common';
import { VerifiedShare } from '../limits/verified-share.js';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { Sessions } from '../session/sessions.js';
import { refuseEnded } from '../session/unauthenticated.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { FactorProof } from '../verification/factor-proof.js';
import { enabledWith, livePending } from '../store/pending-factor.js';

/** The second step of turning MFA on: a code of the requested factor. */
@Injectable()
export class FactorConfirmation {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly proof: FactorProof,
    private readonly sessions: Sessions,
    private readonly share: VerifiedShare,
    private readonly events: EventTeller,
    private readonly clock: Clock,
  ) {}

  /** Confirms a requested factor: MFA is on, and this is the user's only session. @throws {MfaError} */
  async verify(session: MfaSession, type: string, code: string): Promise<void> {
    const userId = session.userId!;
    const record = await this.store.find(userId);
    if (record?.enabled) throw new MfaError('mfa_enabled');
    refuseEnded(session, record);
    const now = this.clock.now();
    const proven =
      record &&
      (await this.proof.confirm(record, code, {
        factor: (row) => (row.enabled ? undefined : livePending(row, type, now)),
        change: (row, factor) => enabledWith(row, { ...factor, confirmedAt: now }),
      }));
    if (!proven) throw new MfaError('invalid_mfa_code');
    await this.sessions.recordFactor(session, proven.amr);
    await this.sessions.endOthers(session, proven.authEpoch);
    await this.events.tell({ type: 'enabled', userId, at: now, challengeType: type });
    const factor = livePending(record, type, now);
    const message = factor && record.sentMessages.findLast(({ factorId }) => factorId === factor.id);
    if (message) await this.share.recordVerified({ ...message, now });
  }
}
