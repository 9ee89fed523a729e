import { Injectable } from '@nestjs/common';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { type Amendment, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { livePending } from '../store/row-changes.js';
import { UpkeepOptions } from './upkeep-options.js';

/** Removes what was requested and never confirmed: a mistyped phone number belongs to somebody else. */
@Injectable()
export class DeadRequests {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly registry: ChallengeRegistry,
    private readonly options: UpkeepOptions,
  ) {}

  /** Removes the requests that can no longer be confirmed, and says in how many rows. */
  async remove(): Promise<number> {
    const { batchSize, maxRows } = this.options;
    let removed = 0;
    for (let after: string | undefined; removed < maxRows;) {
      const batch = await this.store.pageOfRequests(after, batchSize);
      for (const row of batch) removed += await this.removeFrom(row);
      if (batch.length < batchSize) break;
      after = batch.at(-1)!.userId;
    }
    return removed;
  }

  private async removeFrom(seen: AbstractMultiFactorAuth): Promise<number> {
    const decide = (row: SeenRow, now: Date): Amendment<number> => {
      const pendingFactors = row?.pendingFactors.filter((factor) => this.lives(row, factor.type, now)) ?? [];
      if (!row || pendingFactors.length === row.pendingFactors.length) return { outcome: 0 };
      // The number of a user whose MFA is off is the requested one.
      const number = row.enabled || pendingFactors.some(({ phoneNumber }) => phoneNumber === row.phoneNumber);
      return { change: { pendingFactors, ...(!number && { phoneNumber: '' }) }, outcome: 1 };
    };
    return (await this.store.amend(seen.userId, decide, seen)).outcome;
  }

  private lives(row: AbstractMultiFactorAuth, type: string, now: Date): boolean {
    const { lifeSeconds } = this.registry.get(type)?.metadata ?? {};
    return lifeSeconds !== undefined && livePending(row, type, now, lifeSeconds).length > 0;
  }
}
