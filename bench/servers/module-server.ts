import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { randomBytes } from 'node:crypto';
import { Clock, MfaModule, mfaMigrations, MultiFactorAuthService, SmsChallenge, UserDirectory } from 'nestjs-mfa';
import { DataSource, Repository } from 'typeorm';
import { dataSourceOptions } from '../database-options.js';
import { inParallel } from '../load/in-parallel.js';
import { people } from '../people.js';
import type { Factor } from '../selection.js';
import { addUsers } from './add-users.js';
import type { BenchServer, ServerSettings } from './bench-server.js';
import { BenchTotp } from './bench-totp.challenge.js';
import { hashFast, verifyFast } from './fast-hash.js';
import { HeldClock } from './held-clock.js';
import { httpAdapter, listen } from './http-adapter.js';
import { User } from './user.entity.js';

const UNREACHED = 1_000_000_000;

@Injectable()
class Users extends UserDirectory<User> {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {
    super();
  }

  findByUsername(username: string): Promise<User | null> {
    return this.users.findOneBy({ username });
  }

  findById(id: string): Promise<User | null> {
    return this.users.findOneBy({ id });
  }

  hashPassword(password: string): Promise<string> {
    return Promise.resolve(hashFast(password));
  }

  verifyPassword(passwordHash: string, password: string): Promise<boolean> {
    return Promise.resolve(verifyFast(passwordHash, password));
  }
}

@Module({ imports: [TypeOrmModule.forFeature([User])], providers: [Users], exports: [Users] })
class UsersModule {}

/** A small application with the module in it. */
export async function startModule({ adapter, database }: ServerSettings): Promise<BenchServer> {
  const options = dataSourceOptions(database);
  // As in production, the module's tables come from its migrations. The table of users is the application's own.
  const tables = await new DataSource({
    ...options,
    entities: [User],
    synchronize: true,
    migrations: mfaMigrations(),
  }).initialize();
  await tables.runMigrations();
  await tables.destroy();

  const clock = new HeldClock();
  const testing = await Test.createTestingModule({
    imports: [TypeOrmModule.forRoot({ ...options, autoLoadEntities: true }), mfa()],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  const app = testing.createNestApplication(httpAdapter(adapter), { logger: false });
  const port = await listen(app);
  return { port, ...seeding(app.get(DataSource), app.get(MultiFactorAuthService)), advance: (s) => clock.advance(s) };
}

function mfa(): DynamicModule {
  return MfaModule.forRoot({
    imports: [UsersModule],
    users: Users,
    challenges: [SmsChallenge, BenchTotp],
    keys: [randomBytes(32).toString('base64')],
    sms: { sender: () => Promise.resolve() },
    // All people sign in from one address and have phones of one country, which is what these limits count.
    messages: { loginsPerNetworkPerHour: UNREACHED, perCountryPerDay: UNREACHED },
    passwords: { perNetwork: 10_000, perUser: 10_000, namesPerNetwork: 100_000 },
  });
}

function seeding(source: DataSource, service: MultiFactorAuthService): Pick<BenchServer, 'addPeople' | 'enrol'> {
  let ids: string[] = [];
  return {
    addPeople: async (count) => {
      ids = await addUsers(source, people(count));
    },
    enrol: async (factor: Factor) => {
      const persons = people(ids.length);
      await inParallel(8, persons.entries(), async ([index, { secret, phoneNumber }]) => {
        const body = factor === 'sms' ? { phone_number: phoneNumber } : { secret };
        await service.enable(ids[index]!, factor === 'sms' ? 'sms' : 'bench-totp', body);
      });
      return persons.map(({ secret }) => secret);
    },
  };
}
