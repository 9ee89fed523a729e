import { Injectable } from '@nestjs/common';
import { Clock, isLive, secondsAfter, secondsUntil } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import type { Purpose } from '../core/purpose.js';
import { randomId } from '../crypto/randomness.js';
import { TokenCipher } from '../crypto/token-cipher.js';
import type { NotedStanding } from '../limits/known-networks.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';
import type { Method } from './methods.js';

/** A login or step-up that waits for its second factor: what the client's `mfa_token` says. */
export interface PendingProof {
  id: string;
  purpose: Exclude<Purpose, 'enrolment'>;
  /** Who may go on with it, e.g. one OAuth2 client or one session. */
  audience: string;
  userId: string;
  /** The user's epoch when it began: whatever ends the user's sessions ends it. */
  authEpoch: number;
  expiresAt: Date;
  /** The method whose ceremony has begun, and what its proof is judged with. */
  method?: string;
  phase?: unknown;
  /** What the first half has proven (RFC 8176). */
  amr: string[];
  /** Changes with the user's password. */
  passwordMark?: string;
  /** Whether the user had signed in from where it began: the second half need not read it again. */
  standing?: NotedStanding;
  /** What an OAuth2 client has asked for. */
  scope?: string[];
}

/** What a new pending proof is about. */
export type NewPendingProof = Omit<PendingProof, 'id' | 'authEpoch' | 'expiresAt' | 'userId'>;

/** Seconds that a login waits for its proof. A challenge may say longer, up to the second number: a mail is slow. */
const [LIFE_SECONDS, LONGEST_SECONDS] = [300, 600];

/**
 * Seals pending proofs for clients, and opens them. Making one writes nothing. The statement that spends a proof records the id of its
 * token in the user's row, so both work once.
 */
@Injectable()
export class PendingProofs {
  constructor(
    private readonly cipher: TokenCipher,
    private readonly clock: Clock,
  ) {}

  /** Begins one for a user who has these methods. */
  begin(
    { userId, authEpoch }: AbstractMultiFactorAuth,
    methods: readonly Method[],
    about: NewPendingProof,
  ): PendingProof {
    const seconds = Math.max(LIFE_SECONDS, ...methods.map(({ metadata }) => metadata.loginSeconds));
    return { ...about, id: randomId(), userId, authEpoch, expiresAt: secondsAfter(this.clock.now(), seconds) };
  }

  /** Returns the `mfa_token` of a pending proof. */
  seal(pending: PendingProof): string {
    return this.cipher.seal({ ...pending, expiresAt: pending.expiresAt.getTime() });
  }

  /** Opens an `mfa_token`. @throws {MfaError} `invalid_mfa_token` for anything else, and after its time */
  open(token: unknown, purpose: PendingProof['purpose']): PendingProof {
    const opened = this.cipher.open(token) as (Omit<PendingProof, 'expiresAt'> & { expiresAt: number }) | undefined;
    if (opened?.purpose !== purpose) throw invalidToken();
    const expiresAt = new Date(opened.expiresAt);
    if (!isLive(expiresAt, this.clock.now(), LONGEST_SECONDS)) throw invalidToken();
    return { ...opened, expiresAt };
  }

  /**
   * Returns the row, if the pending proof is its user's and this audience's, was not used, and the user's sessions have not ended since.
   * @throws {MfaError} `invalid_mfa_token`
   */
  checked({ id, userId, audience, authEpoch }: PendingProof, row: SeenRow, asking: string): AbstractMultiFactorAuth {
    // The user too: an epoch follows the clock, so two users may have the same one.
    const isOfUser = row?.userId === userId && row.authEpoch === authEpoch;
    if (!row?.enabled || !isOfUser || audience !== asking || isUsed(row, id)) throw invalidToken();
    return row;
  }

  /** Seconds that are left. */
  secondsLeft({ expiresAt }: PendingProof): number {
    return secondsUntil(this.clock.now(), expiresAt);
  }
}

/** Says whether a proof was given for the pending one with this id. */
export function isUsed({ usedTokens }: Pick<AbstractMultiFactorAuth, 'usedTokens'>, id: string): boolean {
  return usedTokens.some((used) => used.id === id);
}

/** Returns the refusal of an `mfa_token`. Not 401, on which clients refresh. */
export function invalidToken(): MfaError {
  return new MfaError('invalid_mfa_token');
}
