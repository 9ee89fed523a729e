import { AbstractMultiFactorAuth, MFA_ENTITIES } from 'nestjs-mfa';
import { describeStoreContract } from 'nestjs-mfa/testing';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';

@Entity()
class UserMfa extends AbstractMultiFactorAuth {
  @PrimaryColumn({ name: 'user_id', type: 'integer' })
  declare userId: string;

  @Column({ default: '' })
  note: string;
}

const entities = [UserMfa, ...MFA_ENTITIES];
const source = new DataSource({ type: 'better-sqlite3', database: ':memory:', entities, synchronize: true });
let users = 0;

// With Jest's own functions.
describeStoreContract('UserMfa', {
  entity: UserMfa,
  sources: async () => [source.isInitialized ? source : await source.initialize()],
  newUserId: () => String(++users),
});

afterAll(() => source.destroy());
