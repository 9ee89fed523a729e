import { Column, PrimaryColumn } from 'typeorm';
import type { Factor, SentMessage, UsedToken } from './factor.js';
import { instant, json } from './transformers.js';

/** `challengeType` of a user whose MFA is off. Deux: `deux.constants.DISABLED`. */
export const DISABLED = '';

/** Challenge type of SMS. Deux: `deux.constants.SMS`. */
export const SMS = 'sms';

/** The zero of time, which means "never" in a column. */
export const NEVER = new Date(0);

/**
 * All that MFA knows about one user, in one row, so each change is one conditional statement.
 *
 * Extend it to add columns or a relation to your own user, and name the class as `entity`. Your columns need a default,
 * because the module creates the row. Deux: `AbstractMultiFactorAuth`.
 */
export abstract class AbstractMultiFactorAuth {
  /** The user's id, as text. A subclass may retype the column, hence no length: it would stay on an integer and refuse it. */
  @PrimaryColumn({ name: 'user_id', type: 'varchar' })
  userId!: string;

  /** The factor that login asks for, or `DISABLED`. */
  @Column({ name: 'challenge_type', type: 'varchar', length: 32, default: DISABLED })
  challengeType!: string;

  /** The confirmed number or, while nothing is confirmed, the requested one. For people to read; no decision rests on it. */
  @Column({ name: 'phone_number', type: 'varchar', length: 15, default: '' })
  phoneNumber!: string;

  /** What is in force: confirmed factors and the backup codes. */
  @Column({ name: 'factors', type: 'text', transformer: json })
  factors!: Factor[];

  /** What was requested and is not confirmed: it proves nothing. */
  @Column({ name: 'pending_factors', type: 'text', transformer: json })
  pendingFactors!: Factor[];

  /** The messages of the last day. */
  @Column({ name: 'sent_messages', type: 'text', transformer: json })
  sentMessages!: SentMessage[];

  /** The pending logins for which a proof was given, while their tokens live. */
  @Column({ name: 'used_tokens', type: 'text', transformer: json, default: '[]' })
  usedTokens!: UsedToken[];

  /** One-time codes: wrong ones in a row, the end of the lock, and the rolling limit (GCRA's theoretical arrival time). */
  @Column({ name: 'code_failures', type: 'int', default: 0 })
  codeFailures!: number;

  @Column({ name: 'code_locked_until', type: 'bigint', default: 0, transformer: instant })
  codeLockedUntil!: Date;

  @Column({ name: 'code_arrival', type: 'bigint', default: 0, transformer: instant })
  codeArrival!: Date;

  /** Backup codes: the same three. */
  @Column({ name: 'backup_failures', type: 'int', default: 0 })
  backupFailures!: number;

  @Column({ name: 'backup_locked_until', type: 'bigint', default: 0, transformer: instant })
  backupLockedUntil!: Date;

  @Column({ name: 'backup_arrival', type: 'bigint', default: 0, transformer: instant })
  backupArrival!: Date;

  /** The first two again, for wrong proofs from networks that the user has signed in from. */
  @Column({ name: 'known_code_failures', type: 'int', default: 0 })
  knownCodeFailures!: number;

  @Column({ name: 'known_code_locked_until', type: 'bigint', default: 0, transformer: instant })
  knownCodeLockedUntil!: Date;

  @Column({ name: 'known_backup_failures', type: 'int', default: 0 })
  knownBackupFailures!: number;

  @Column({ name: 'known_backup_locked_until', type: 'bigint', default: 0, transformer: instant })
  knownBackupLockedUntil!: Date;

  /** Raised by whatever must end the user's sessions. A session of another epoch is dead. */
  @Column({ name: 'auth_epoch', type: 'int', default: 0 })
  authEpoch!: number;

  /**
   * The session that raised the epoch and goes on in it, as `keptIn` writes it: it is alive before its own row says so. Empty if all have
   * ended.
   */
  @Column({ name: 'kept_session', type: 'varchar', length: 64, default: '' })
  keptSession!: string;

  /** Raised by every change of state. A change is made only over the version that it was decided on. */
  @Column({ name: 'version', type: 'int', default: 0 })
  version!: number;

  @Column({ name: 'created_at', type: 'bigint', transformer: instant })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'bigint', transformer: instant })
  updatedAt!: Date;

  /** Whether login asks for a second factor. */
  get enabled(): boolean {
    return this.challengeType !== DISABLED;
  }
}
