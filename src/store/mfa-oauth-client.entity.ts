import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant, spaceSeparated } from './transformers.js';

/** A client of the OAuth2 login. */
@Entity('mfa_oauth_client')
export class MfaOAuthClient {
  @PrimaryColumn({ name: 'id', type: 'varchar', length: 100 })
  id!: string;

  @Column({ name: 'name', type: 'varchar', length: 255 })
  name!: string;

  /** SHA-256 of the secret, Django's hash of it, or null for a public client. */
  @Column({ name: 'secret_hash', type: 'varchar', length: 255, nullable: true })
  secretHash!: string | null;

  @Column({ name: 'grants', type: 'varchar', length: 255, transformer: spaceSeparated })
  grants!: string[];

  @Column({ name: 'scopes', type: 'text', transformer: spaceSeparated })
  scopes!: string[];

  @Column({ name: 'created_at', type: 'bigint', transformer: instant })
  createdAt!: Date;
}
