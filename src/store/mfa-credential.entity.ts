import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from './transformers.js';

/**
 * Whose a credential is, e.g. a passkey. The row makes its id unique over all users. The credential itself is in the user's row, and
 * counts only there: a row of this table whose factor is gone may be taken over.
 */
@Entity('mfa_credential')
export class MfaCredential {
  /** SHA-256 of the type and the credential's id, which may be longer than any key of a table. */
  @PrimaryColumn({ name: 'id', type: 'varchar', length: 64 })
  id!: string;

  @Index()
  @Column({ name: 'user_id', type: 'varchar', length: 255 })
  userId!: string;

  @Column({ name: 'factor_id', type: 'varchar', length: 36 })
  factorId!: string;

  @Column({ name: 'created_at', type: 'bigint', transformer: instant })
  createdAt!: Date;
}
