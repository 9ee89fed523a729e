import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { flag, instant, spaceSeparated } from './transformers.js';

/**
 * One sign-in of one user or client. A refresh replaces the tokens in the row and never adds any. So a refresh token works
 * once, and this row is its family.
 */
@Entity('mfa_session')
export class MfaSession {
  @PrimaryColumn({ name: 'id', type: 'varchar', length: 36 })
  id!: string;

  /** Null for a client's own token (client credentials). */
  @Index()
  @Column({ name: 'user_id', type: 'varchar', length: 255, nullable: true })
  userId!: string | null;

  /** The OAuth2 client, or null for a token login. */
  @Column({ name: 'client_id', type: 'varchar', length: 100, nullable: true })
  clientId!: string | null;

  /** What the present access token may be used for. */
  @Column({ name: 'scope', type: 'text', transformer: spaceSeparated })
  scope!: string[];

  /** What the user granted. A refresh may ask for less, and for all of it the next time (RFC 6749 §6). */
  @Column({ name: 'granted_scope', type: 'text', transformer: spaceSeparated })
  grantedScope!: string[];

  /** How the user proved who they are (RFC 8176). */
  @Column({ name: 'amr', type: 'varchar', length: 255, transformer: spaceSeparated })
  amr!: string[];

  @Column({ name: 'signed_in_at', type: 'bigint', transformer: instant })
  signedInAt!: Date;

  /** The last second factor of this session, or null. */
  @Column({ name: 'factor_proven_at', type: 'bigint', nullable: true, transformer: instant })
  factorProvenAt!: Date | null;

  /** Whether it may only enrol a factor or get new recovery codes: its user signed in with the last one. */
  @Column({ name: 'only_recovers', type: 'int', default: 0, transformer: flag })
  onlyRecovers!: boolean;

  /** Wrong codes at step-up since the last right one. */
  @Column({ name: 'step_up_failures', type: 'int', default: 0 })
  stepUpFailures!: number;

  /** How many outcomes a burst of codes at step-up was told, up to its last right one. */
  @Column({ name: 'step_up_told', type: 'int', default: 0 })
  stepUpTold!: number;

  /** The user's epoch at sign-in. */
  @Column({ name: 'auth_epoch', type: 'int' })
  authEpoch!: number;

  @Index({ unique: true })
  @Column({ name: 'token_hash', type: 'varchar', length: 64 })
  tokenHash!: string;

  @Column({ name: 'token_expires_at', type: 'bigint', transformer: instant })
  tokenExpiresAt!: Date;

  /** The token dies earlier when it is not used until then. */
  @Column({ name: 'idle_expires_at', type: 'bigint', transformer: instant })
  idleExpiresAt!: Date;

  /** A keyed hash of the secret in the refresh token that works now, or null for a session without refresh tokens. */
  @Column({ name: 'refresh_hash', type: 'varchar', length: 64, nullable: true })
  refreshHash!: string | null;

  /** Hashes of refresh tokens that were replaced a moment ago, each with its time. */
  @Column({ name: 'replaced_refreshes', type: 'text', transformer: spaceSeparated })
  replacedRefreshes!: string[];

  /** When the session ends for good. */
  @Index()
  @Column({ name: 'expires_at', type: 'bigint', transformer: instant })
  expiresAt!: Date;
}
