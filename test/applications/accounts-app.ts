import { Injectable, Module, type Type } from '@nestjs/common';
import { InjectDataSource, InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { createHash } from 'node:crypto';
import {
  Column,
  DataSource,
  type DataSourceOptions,
  Entity,
  type EntityManager,
  JoinColumn,
  OneToOne,
  PrimaryColumn,
  Repository,
} from 'typeorm';
import {
  AbstractMultiFactorAuth,
  type MfaEvent,
  MfaEvents,
  MfaModule,
  MultiFactorAuthService,
  UserDirectory,
} from '../../src/index.js';
import { TEST_KEY } from '../support/boot-app.js';
import { Outbox } from '../support/outbox.js';

@Entity('account')
export class Account {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  @Column({ type: 'varchar', length: 64 })
  username!: string;

  @Column({ type: 'varchar', length: 64 })
  passwordHash!: string;

  readonly active = true;
}

@Entity('account_mfa')
export class AccountMfa extends AbstractMultiFactorAuth {
  @PrimaryColumn({ name: 'user_id', type: 'int' })
  declare userId: string;

  @OneToOne(() => Account, { onDelete: 'CASCADE', eager: true })
  @JoinColumn({ name: 'user_id' })
  account!: Account;
}

const digest = (password: string) => createHash('sha256').update(password).digest('hex');

@Injectable()
class Accounts extends UserDirectory<Account> {
  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {
    super();
  }

  findByUsername(username: string): Promise<Account | null> {
    return this.accounts.findOneBy({ username });
  }

  findById(id: string): Promise<Account | null> {
    return this.accounts.findOneBy({ id: Number(id) });
  }

  hashPassword(password: string): Promise<string> {
    return Promise.resolve(digest(password));
  }

  verifyPassword(passwordHash: string, password: string): Promise<boolean> {
    return Promise.resolve(passwordHash === digest(password));
  }
}

/** A change of password, as docs/sessions.md has it: both in one transaction. */
@Injectable()
export class PasswordChange {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly mfa: MultiFactorAuthService,
  ) {}

  async change(id: number, password: string, beforeCommit?: (manager: EntityManager) => Promise<void>): Promise<void> {
    await this.source.transaction(async (manager) => {
      await manager.update(Account, id, { passwordHash: digest(password) });
      await this.mfa.within(manager).passwordChanged(String(id));
      await beforeCommit?.(manager);
    });
  }

  /** The mistake: forgets `within(manager)`. */
  async changeWithoutTelling(id: number, password: string): Promise<void> {
    await this.source.transaction(async (manager) => {
      await manager.update(Account, id, { passwordHash: digest(password) });
      await this.mfa.passwordChanged(String(id));
    });
  }
}

/** Hears of everything. */
@Injectable()
export class Notices {
  readonly heard: MfaEvent[] = [];
}

@Injectable()
class Listener extends MfaEvents {
  constructor(private readonly notices: Notices) {
    super();
  }

  on(event: MfaEvent): void {
    this.notices.heard.push(event);
  }
}

/** An application with accounts of its own, whose rows of MFA refer to them. */
export function accountsApplication(options: DataSourceOptions, outbox: Outbox): Type {
  @Module({
    imports: [TypeOrmModule.forFeature([Account])],
    providers: [Accounts, Notices],
    exports: [Accounts, Notices],
  })
  class AccountsModule {}

  @Module({
    imports: [
      TypeOrmModule.forRoot({ ...options, autoLoadEntities: true, synchronize: true }),
      MfaModule.forRoot({
        imports: [AccountsModule],
        users: Accounts,
        // Its tests use a refresh token again at once, as a thief does later.
        sessions: { refreshRaceSeconds: 0 },
        entity: AccountMfa,
        events: Listener,
        audit: true,
        keys: [TEST_KEY],
        sms: { sender: outbox.send },
      }),
    ],
    providers: [PasswordChange],
  })
  class AppModule {}
  return AppModule;
}

/** Five people with passwords as the tests know them. */
export async function addAccounts(source: DataSource): Promise<void> {
  const rows = ['alice', 'bob', 'carol', 'dave', 'eve'].map((username, index) => ({
    id: index + 1,
    username,
    passwordHash: digest(`${username}-password`),
  }));
  await source.getRepository(Account).insert(rows);
}
