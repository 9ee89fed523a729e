import { ClientSecrets } from '../../../src/login/oauth2/client-secrets.js';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { EventTeller } from '../../../src/core/events.js';
import { KeyedHash } from '../../../src/crypto/keyed-hash.js';
import { KeyRing } from '../../../src/crypto/key-ring.js';
import {
  AbstractMultiFactorAuth,
  MFA_ENTITIES,
  mfaMigrations,
  MfaOAuthClient,
  MfaRateLimit,
  MfaSession,
  MultiFactorAuth,
  OAuthClients,
  SessionOptions,
  Sessions,
} from '../../../src/index.js';
import { ClientTokens } from '../../../src/session/client-tokens.js';
import { MultiFactorAuthStore } from '../../../src/store/multi-factor-auth.store.js';
import { RateLimits } from '../../../src/limits/rate-limits.js';
import { Rows } from '../../../src/store/rows.js';
import { type DatabaseKind, makeDatabase } from '../../support/databases.js';
import { SlowQueue } from '../../../src/verification/slow-queue.js';
import { TestClock } from '../../../src/testing.js';

/** What one instance of an application keeps its state with. */
export interface Instance {
  source: DataSource;
  users: MultiFactorAuthStore;
  sessions: Sessions;
  tokens: ClientTokens;
  clients: OAuthClients;
  limits: RateLimits;
}

/** Several instances on one database, with tables from the migrations. */
export interface Stores extends Instance {
  all: Instance[];
  clock: TestClock;
  close: () => Promise<void>;
}

const KEY = 'hy05gCzbbBQa4hk7Z7saRzAI434V9LDCSaY1pAovNzQ=';
const INSTANCES = 3;

export async function openStores(kind: DatabaseKind, settings: readonly string[] = []): Promise<Stores> {
  const database = await makeDatabase(kind, 'contract', settings);
  const clock = new TestClock();
  const all: Instance[] = [];
  for (let index = 0; index < INSTANCES; index++) all.push(await openInstance(database.options, clock));
  await all[0]!.source.runMigrations();
  const close = async () => {
    await Promise.all(all.map(({ source }) => source.destroy()));
    await database.drop();
  };
  return { ...all[0]!, all, clock, close };
}

/** The same, `count` times at the same moment, over all instances in turn. */
export function together<T>(
  { all }: Stores,
  count: number,
  act: (at: Instance, index: number) => Promise<T>,
): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => act(all[index % all.length]!, index)));
}

async function openInstance(options: DataSourceOptions, clock: TestClock): Promise<Instance> {
  const entities = [MultiFactorAuth, ...MFA_ENTITIES];
  const source = new DataSource({ ...options, entities, migrations: mfaMigrations() });
  await source.initialize();
  const hashes = new KeyedHash(new KeyRing([KEY]));
  const sessionRows = new Rows(source.getRepository(MfaSession));
  const ofSessions = [sessionRows, hashes, clock, new SessionOptions(), new EventTeller([])] as const;
  return {
    source,
    users: new MultiFactorAuthStore(
      new Rows<AbstractMultiFactorAuth>(source.getRepository(MultiFactorAuth), AbstractMultiFactorAuth),
      clock,
    ),
    sessions: new Sessions(...ofSessions),
    tokens: new ClientTokens(...ofSessions),
    clients: new OAuthClients(
      new Rows(source.getRepository(MfaOAuthClient)),
      clock,
      new ClientSecrets(new SlowQueue()),
      new EventTeller([]),
    ),
    limits: new RateLimits(new Rows(source.getRepository(MfaRateLimit)), hashes),
  };
}
