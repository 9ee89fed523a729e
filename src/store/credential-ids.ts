import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { secondsAfter } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import { firstOf } from './database-errors.js';
import type { MfaCredential } from './mfa-credential.entity.js';
import type { MultiFactorAuthStore } from './multi-factor-auth.store.js';
import type { Rows } from './rows.js';

/** A credential that only one factor of one user may have. */
export interface Credential {
  type: string;
  /** Its id, e.g. that of a passkey. */
  identity: string;
}

/** The factor that owns a credential. */
export interface CredentialOwner {
  userId: string;
  factorId: string;
}

/** Seconds after which a claim without a factor is a left-over. Until then, its factor may be on its way. */
const PENDING_SECONDS = 60;

/** How often to try if concurrent requests claim the same credential. */
const TRIES = 5;

/**
 * Keeps credential ids unique over all users. An id is claimed before its factor is confirmed, so two users never have
 * the same id. A crash between the two steps leaves a claim without a factor. The next claim takes it over.
 */
export class CredentialIds {
  constructor(
    private readonly rows: Rows<MfaCredential>,
    private readonly users: MultiFactorAuthStore,
  ) {}

  /** Returns the ids bound to a transaction of the application. */
  within(manager: EntityManager): CredentialIds {
    return new CredentialIds(this.rows.within(manager), this.users.within(manager));
  }

  /**
   * Claims a credential for a factor. False if another factor has it.
   * @throws {MfaError} `locked` if it lost every race
   */
  async claim(credential: Credential, owner: CredentialOwner): Promise<boolean> {
    const row = { id: idOf(credential), ...owner, createdAt: this.users.clock.now() };
    for (let tries = TRIES; tries > 0; tries--) {
      if (await firstOf(() => this.rows.insertIfAbsent(row, 'id'))) return true;
      const taken = await this.rows.find({ id: row.id });
      if (!taken) continue;
      if (taken.userId === owner.userId && taken.factorId === owner.factorId) return true;
      if (await this.isInUse(taken)) return false;
      if (await this.rows.updateOne({ id: row.id, userId: taken.userId, factorId: taken.factorId }, row)) return true;
    }
    throw new MfaError('locked', { retryAfterSeconds: 1 });
  }

  /** Returns the owner of a credential, or null. Only the user's row says whether the factor still exists. */
  ownerOf(credential: Credential): Promise<CredentialOwner | null> {
    return this.rows.find({ id: idOf(credential) });
  }

  /** Gives up the credential of a factor that is gone. */
  async release(userId: string, factorId: string): Promise<void> {
    await this.rows.delete({ userId, factorId });
  }

  /** Gives up all credentials of a user. */
  async releaseAll(userId: string): Promise<void> {
    await this.rows.delete({ userId });
  }

  /** Moves the credentials of a user to another id. */
  async move(fromUserId: string, toUserId: string): Promise<void> {
    await this.rows.change({ userId: fromUserId }, { userId: toUserId });
  }

  // A pending factor counts too: its owner has claimed the id and is about to confirm it.
  private async isInUse({ userId, factorId, createdAt }: MfaCredential): Promise<boolean> {
    if (secondsAfter(createdAt, PENDING_SECONDS) > this.users.clock.now()) return true;
    const row = await this.users.find(userId);
    return [...(row?.factors ?? []), ...(row?.pendingFactors ?? [])].some(({ id }) => id === factorId);
  }
}

function idOf({ type, identity }: Credential): string {
  return createHash('sha256')
    .update(JSON.stringify([type, identity]))
    .digest('base64url');
}
