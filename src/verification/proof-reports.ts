import { Injectable } from '@nestjs/common';
import { EventTeller } from '../core/events.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';
import { remainingOf } from '../store/row-changes.js';
import type { Case } from './judge.js';
import type { Decided } from './trial.js';

/** What is told when this many recovery codes are left. Each number is left once: codes are used one after the other. */
const NOTICES = new Map<number | undefined, 'recovery_codes_low' | 'recovery_codes_used_up'>([
  [3, 'recovery_codes_low'],
  [0, 'recovery_codes_used_up'],
]);

/** Tells the listeners the outcome of a proof. */
@Injectable()
export class ProofReports {
  constructor(private readonly events: EventTeller) {}

  /** Tells an outcome after it was written. */
  async tell({ claim, metadata, moment }: Case, outcome: Decided, row: SeenRow): Promise<void> {
    const about = { userId: claim.user.id, at: moment.now };
    const { type: challengeType, role } = metadata;
    const origin = { ...claim.origin, purpose: claim.purpose };
    if (outcome.kind === 'wrong') {
      await this.events.tell({ type: 'proof_refused', ...about, challengeType }, origin);
      if (outcome.locks) await this.events.tell({ type: 'locked', ...about, challengeType }, origin);
    }
    if ((outcome.kind === 'right' || outcome.kind === 'refused') && outcome.notice) {
      await this.events.tell({ type: outcome.notice, ...about, challengeType }, origin);
    }
    if (outcome.kind === 'replayed') await this.events.tell({ type: 'code_replayed', ...about, challengeType }, origin);
    if (outcome.kind !== 'right') return;
    if (role === 'factor') return this.events.tell({ type: 'proof_accepted', ...about, challengeType }, origin);
    await this.events.tell({ type: 'backup_code_used', ...about }, origin);
    if (!row?.enabled) return this.events.tell({ type: 'disabled', ...about }, origin);
    const type = NOTICES.get(remainingOf(row, challengeType));
    if (type) await this.events.tell({ type, ...about }, origin);
  }
}
