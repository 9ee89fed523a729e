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

  /** What a code or a message was for: `enrolment`, `login` or `step-up`. */
  @Column({ name: 'purpose', type: 'varchar', length: 16, nullable: true })
  purpose!: string | null;

  /** The client's network, e.g. `192.0.2.0/24`, and no whole address. */
  @Column({ name: 'network', type: 'varchar', length: 64, nullable: true })
  network!: string | null;

  /** The session that asked, or that was opened. */
  @Column({ name: 'session_id', type: 'varchar', length: 36, nullable: true })
  sessionId!: string | null;

  /** The OAuth2 client. */
  @Column({ name: 'client_id', type: 'varchar', length: 64, nullable: true })
  clientId!: string | null;

  /** How the user proved who they are (RFC 8176), with spaces between. */
  @Column({ name: 'amr', type: 'varchar', length: 255, nullable: true })
  amr!: string | null;

  @Index()
  @Column({ name: 'at', type: 'bigint', transformer: instant })
  at!: Date;
}
