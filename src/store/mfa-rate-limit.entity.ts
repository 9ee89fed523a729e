import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from './transformers.js';

/**
 * How much of one limit is used, or a note for a time. A row whose time is over means the same as no row, so it can be
 * removed at any time.
 */
@Entity('mfa_rate_limit')
export class MfaRateLimit {
  /** A keyed hash of what is limited: the table holds no name, no number and no network. */
  @PrimaryColumn({ name: 'id', type: 'varchar', length: 64 })
  id!: string;

  /** How much of a quota is taken. For an allowance it may be a note, and it changes so that a write shows. */
  @Column({ name: 'taken', type: 'int', default: 0 })
  taken!: number;

  /** The end of a quota's window, or the moment at which an allowance is whole again. */
  @Index()
  @Column({ name: 'expires_at', type: 'bigint', transformer: instant })
  expiresAt!: Date;
}
