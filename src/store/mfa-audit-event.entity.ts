import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from './transformers.js';

/** One event in the audit table. It never changes, and is removed when it is old. */
@Entity('mfa_event')
export class MfaAuditEvent {
  @PrimaryColumn({ name: 'id', type: 'varchar', length: 36 })
  id!: string;

  /** Null for what concerns no single user. */
  @Index()
  @Column({ name: 'user_id', type: 'varchar', length: 255, nullable: true })
  userId!: string | null;

  @Column({ name: 'type', type: 'varchar', length: 32 })
  type!: string;

  @Column({ name: 'challenge_type', type: 'varchar', length: 32, nullable: true })
  challengeType!: string | null;

  @Index()
  @Column({ name: 'at', type: 'bigint', transformer: instant })
  at!: Date;
}
