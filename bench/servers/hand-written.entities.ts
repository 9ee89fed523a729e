import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The second factor of a user. */
@Entity('second_factors')
export class SecondFactor {
  @PrimaryColumn({ name: 'user_id', type: 'varchar', length: 36 })
  userId!: string;

  @Column({ type: 'varchar', length: 8 })
  type!: 'totp' | 'sms';

  @Column({ type: 'varchar', length: 64 })
  secret!: string;

  @Column({ name: 'phone_number', type: 'varchar', length: 20, default: '' })
  phoneNumber!: string;

  @Column({ name: 'last_step', type: 'integer', default: 0 })
  lastStep!: number;

  /** Seconds since 1970. */
  @Column({ name: 'last_sent_at', type: 'integer', default: 0 })
  lastSentAt!: number;
}

/** A token that was given out, as a hash. */
@Entity('tokens')
export class Token {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  hash!: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId!: string;

  /** Seconds since 1970. */
  @Column({ name: 'expires_at', type: 'integer' })
  expiresAt!: number;
}
