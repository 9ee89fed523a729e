import { AbstractMultiFactorAuth } from 'nestjs-mfa';
import { Entity, JoinColumn, OneToOne } from 'typeorm';
import { User } from './users/user.entity.js';

/** A user's MFA, with a relation to the user: it is found and deleted with the user. */
@Entity()
export class UserMfa extends AbstractMultiFactorAuth {
  @OneToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: User;
}
