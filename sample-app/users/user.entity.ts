import type { DirectoryUser } from 'nestjs-mfa';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A user of the application. The module needs `id`, `passwordHash` and `active`; the rest is yours. */
@Entity('users')
export class User implements DirectoryUser {
  // Text, as the module keeps ids, so `UserMfa` can relate to it.
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  /** In lower case. */
  @Column({ type: 'varchar', length: 254, unique: true })
  username!: string;

  @Column({ name: 'password_hash', type: 'varchar', length: 255 })
  passwordHash!: string;

  @Column({ type: 'boolean', default: true })
  active!: boolean;

  /** What authenticator apps and passkeys show for the account. */
  get name(): string {
    return this.username;
  }
}
