import { Injectable } from '@nestjs/common';
import { Cipher, sealKeyId } from '../crypto/cipher.js';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { FactorStates, sealsOf } from '../store/factor-states.js';
import { type Amendment, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';

const MAX_BATCH = 1000;

/** The options of a rotation. */
export interface RotationOptions {
  /** The user id after which it begins: the `cursor` of an interrupted rotation. */
  after?: string;
  /** Rows to read at a time, 1 to 1000. Default: 100. */
  batchSize?: number;
  /** Runs after each batch, and the next batch waits for it. */
  onProgress?: (progress: RotationProgress) => void | Promise<void>;
}

/** The progress of a rotation. */
export interface RotationProgress {
  /** Rows that were checked. */
  rows: number;
  /** Rows that were resealed. */
  resealed: number;
  /** Rows that still need another key: one of their seals does not open, or they kept changing. */
  left: number;
  /** The last user id that was checked. */
  cursor: string | undefined;
}

/** The keys that the rows still need. */
export interface KeyReport {
  /** The id of the key for new seals. */
  primary: string;
  /** The number of rows with a seal of each key, by its id. `unknown` counts texts that are no seals. */
  rows: Record<string, number>;
  /** The ids of `keys`, except the first, that no row needs. Tokens may still need them: see docs/operations.md. */
  unused: string[];
}

/**
 * Reseals every row that is not sealed with the newest key, while the application runs. You can stop it and run it again at any
 * time, also on several instances: the rows show what is done.
 */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly states: FactorStates,
    private readonly cipher: Cipher,
    private readonly clock: Clock,
    private readonly events: EventTeller,
  ) {}

  /**
   * Reseals all rows and returns the progress.
   * @throws {MfaError} `unavailable` if the key service does not answer
   * @example
   * ```ts
   * const { left, cursor } = await rotation.run({ batchSize: 500 });
   * if (left > 0) await rotation.run({ after: cursor });
   * ```
   */
  async run({ after, batchSize, onProgress }: RotationOptions = {}): Promise<RotationProgress> {
    const progress: RotationProgress = { rows: 0, resealed: 0, left: 0, cursor: after };
    for await (const batch of this.batches(after, batchSize)) {
      for (const row of batch) {
        const outcome = await this.reseal(row);
        progress.rows++;
        if (outcome !== 'current') progress[outcome]++;
        progress.cursor = row.userId;
      }
      await onProgress?.({ ...progress });
    }
    const at = this.clock.now();
    await this.events.tell({ type: 'keys_rotated', userId: null, at, rows: progress.resealed });
    return progress;
  }

  /** Returns the keys that the rows still need. It reads every row. */
  async report(): Promise<KeyReport> {
    const rows = new Map<string, number>();
    for await (const batch of this.batches()) {
      for (const id of batch.flatMap(keyIds)) rows.set(id, (rows.get(id) ?? 0) + 1);
    }
    const unused = this.cipher.ringIds.slice(1).filter((id) => !rows.has(id));
    return { primary: this.cipher.primary, rows: Object.fromEntries(rows), unused };
  }

  private async *batches(after?: string, size = 100): AsyncGenerator<AbstractMultiFactorAuth[]> {
    const limit = Math.min(Math.max(Math.trunc(size), 1), MAX_BATCH);
    for (let cursor = after; ;) {
      const batch = await this.store.page(cursor, limit);
      if (batch.length > 0) yield batch;
      if (batch.length < limit) return;
      cursor = batch.at(-1)!.userId;
    }
  }

  // The usual conditional write: a code that is spent at the same time stays spent.
  private async reseal(seen: AbstractMultiFactorAuth): Promise<'current' | 'resealed' | 'left'> {
    try {
      return (await this.store.amend(seen.userId, (row) => this.decide(row), seen)).outcome;
    } catch (error) {
      // The row kept changing.
      if (error instanceof MfaError && error.code === 'locked') return 'left';
      throw error;
    }
  }

  private async decide(row: SeenRow): Promise<Amendment<'current' | 'resealed' | 'left'>> {
    if (!row || this.isCurrent(row)) return { outcome: 'current' };
    const change = {
      factors: await this.resealed(row, row.factors),
      pendingFactors: await this.resealed(row, row.pendingFactors),
    };
    // What does not open stays as it is.
    if (textsOf(change).join() === textsOf(row).join()) return { outcome: 'left' };
    return { change, outcome: this.isCurrent(change) ? 'resealed' : 'left' };
  }

  private resealed({ userId }: AbstractMultiFactorAuth, factors: readonly Factor[]): Promise<Factor[]> {
    return Promise.all(factors.map((factor) => this.states.resealed(userId, factor)));
  }

  private isCurrent({ factors, pendingFactors }: Seals): boolean {
    return [...factors, ...pendingFactors].every((factor) => this.states.isCurrent(factor));
  }
}

type Seals = Pick<AbstractMultiFactorAuth, 'factors' | 'pendingFactors'>;

function textsOf({ factors, pendingFactors }: Seals): string[] {
  return [...factors, ...pendingFactors].flatMap(sealsOf);
}

/** Returns the ids of the keys that a row needs, each once. */
function keyIds(row: Seals): string[] {
  return [...new Set(textsOf(row).map((text) => sealKeyId(text) ?? 'unknown'))];
}
