import { Injectable } from '@nestjs/common';
import { ChallengeContexts } from '../challenge/challenge-contexts.js';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { answered } from '../limits/message-budget.js';
import { BACKUP, BackupCodes, type BackupCodeState } from '../challenge/recovery/backup-codes.js';
import { BackupCodeOptions } from '../challenge/recovery/backup-code-options.js';
import type { Challenge, ChallengeContext } from '../challenge/challenge.js';
import { EventTeller } from '../core/events.js';
import type { Purpose } from '../core/purpose.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import { AttemptOptions } from '../limits/attempt-options.js';
import { wasLocked } from '../limits/attempts.js';
import { backupBudget, codeBudget } from '../limits/budgets.js';
import { turnedOff, withFactor } from '../store/row-changes.js';
import { Verifier } from './verifier.js';

/** A second factor that was proven: how (RFC 8176), and the user's epoch after it. */
export interface ProvenFactor {
  amr: string[];
  authEpoch: number;
  /** Whether wrong proofs had locked the user since the last right one. */
  afterLock: boolean;
}

/** A code of a pending factor, and what its confirmation changes. */
export interface Confirmation {
  factor: (record: AbstractMultiFactorAuth) => Factor | undefined;
  change: (record: AbstractMultiFactorAuth, proven: Factor) => MultiFactorAuthChange;
}

/** Checks what a user sends as second factor: for login, step-up and enrolment alike. */
@Injectable()
export class FactorProof {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly contexts: ChallengeContexts,
    private readonly backupCodes: BackupCodes,
    private readonly backupOptions: BackupCodeOptions,
    private readonly attempts: AttemptOptions,
    private readonly verifier: Verifier,
    private readonly events: EventTeller,
  ) {}

  /** Checks a code of the factor that login asks for. Null for a wrong one. @throws {MfaError} `locked` */
  async code(record: AbstractMultiFactorAuth, code: string, purpose: Purpose): Promise<ProvenFactor | null> {
    return this.verify(record, code, purpose, {
      factor: ({ factors, challengeType }) => factors.find(({ type }) => type === challengeType),
      change: ({ factors }, proven) => ({ factors: withFactor(factors, proven) }),
    });
  }

  /** Checks a code of a factor that is being enrolled. */
  async confirm(
    record: AbstractMultiFactorAuth,
    code: string,
    confirmation: Confirmation,
  ): Promise<ProvenFactor | null> {
    return this.verify(record, code, 'enrolment', confirmation);
  }

  /** Checks and uses a backup code, which turns MFA off unless `onUse` is `keep`. Null for a wrong one. */
  async backupCode(record: AbstractMultiFactorAuth, text: string): Promise<ProvenFactor | null> {
    if (!this.backupCodes.wellFormed(text)) return null;
    const proven = await this.verifier.verify({
      record,
      budget: backupBudget(this.attempts),
      context: this.contexts.now(record.userId, 'login'),
      factor: ({ factors }) => factors.find(({ type }) => type === BACKUP),
      proof: text,
      judge: (state) => this.backupCodes.verify(state as BackupCodeState, text),
      change: (row, factor) =>
        this.backupOptions.onUse === 'disable' ? turnedOff(row) : { factors: withFactor(row.factors, factor) },
    });
    if (!proven) return null;
    await this.tellOfBackupCode(record.userId);
    return { ...proven, amr: [BACKUP], afterLock: wasLocked(record) };
  }

  private async verify(
    record: AbstractMultiFactorAuth,
    code: string,
    purpose: Purpose,
    { factor, change }: Confirmation,
  ): Promise<ProvenFactor | null> {
    const context = this.contexts.now(record.userId, purpose);
    const type = factor(record)?.type ?? '';
    const challenge = this.registry.get(type);
    if (!challenge || !isWellFormed(challenge, code, context)) return null;
    const proven = await this.verifier.verify({
      record,
      budget: codeBudget(this.attempts),
      context,
      factor,
      proof: code,
      judge: (state) => challenge.verify(state, code, context),
      change: (row, proof) => ({ sentMessages: answered(row.sentMessages), ...change(row, proof) }),
    });
    if (!proven) return null;
    const { userId, now } = context;
    await this.events.tell({ type: 'proof_accepted', userId, at: now, challengeType: type });
    return { ...proven, amr: [this.registry.amr(type), 'mfa'], afterLock: wasLocked(record) };
  }

  private async tellOfBackupCode(userId: string): Promise<void> {
    const { now: at } = this.contexts.now(userId, 'login');
    await this.events.tell({ type: 'backup_code_used', userId, at });
    if (this.backupOptions.onUse === 'disable') await this.events.tell({ type: 'disabled', userId, at });
  }
}

function isWellFormed(challenge: Challenge, code: string, context: ChallengeContext): boolean {
  return challenge.wellFormed?.(code, context) ?? true;
}
