import { type DataSource, Repository } from 'typeorm';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { KeyRing } from '../crypto/key-ring.js';
import { randomId, randomKey } from '../crypto/randomness.js';
import { RateLimits } from '../limits/rate-limits.js';
import { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { Rows } from '../store/rows.js';
import { checkEntities } from '../store/tables.js';
import type { StoreContract } from './store-contract.js';
import { TestClock } from './test-clock.js';

/** How many requests come at the same moment. */
export const AT_ONCE = 30;

/** How often a race is run: a request can win one by chance. */
export const ROUNDS = 3;

/** What one instance of an application keeps its state with. */
export interface StoreInstance {
  users: MultiFactorAuthStore;
  limits: RateLimits;
  limitRows: Rows<MfaRateLimit>;
}

/** The store of each instance, and the rows that a test has made. Its time stands still. */
export class StoreStage {
  readonly now: Date;
  private readonly userIds: string[] = [];
  private readonly limitIds: string[] = [];

  private constructor(
    private readonly all: readonly StoreInstance[],
    private readonly newUserId: () => string | Promise<string>,
    clock: TestClock,
  ) {
    this.now = clock.now();
  }

  static async of({ entity, sources, newUserId = randomId }: StoreContract): Promise<StoreStage> {
    const given = await sources();
    if (given.length === 0) throw new TypeError('describeStoreContract: `sources` returned no data source.');
    const [clock, hashes] = [new TestClock(), new KeyedHash(new KeyRing([randomKey().toString('base64')]))];
    const all = given.map((source) => {
      checkEntities(source, { entity, audit: false });
      const limitRows = rowsOf(source, MfaRateLimit);
      const users = new MultiFactorAuthStore(rowsOf(source, entity, AbstractMultiFactorAuth), clock);
      return { users, limits: new RateLimits(limitRows, hashes), limitRows };
    });
    return new StoreStage(all, newUserId, clock);
  }

  get users(): MultiFactorAuthStore {
    return this.all[0]!.users;
  }

  /** Returns the id of a user without a row. */
  async newUser(): Promise<string> {
    const id = await this.newUserId();
    // It would be removed in the end.
    if (await this.users.find(id)) throw new Error(`\`newUserId\` returned a user who has a row: ${id}.`);
    this.userIds.push(id);
    return id;
  }

  /** Makes a row for a user without one. */
  async newRow(change: MultiFactorAuthChange = {}): Promise<AbstractMultiFactorAuth> {
    const row = await this.users.create(await this.newUser(), change);
    return (
      row ?? Promise.reject(new Error('The insert of a row counted as none, or `newUserId` returned an id twice.'))
    );
  }

  /** Returns the row of a user as the last instance reads it. */
  async find(userId: string): Promise<AbstractMultiFactorAuth> {
    const row = await this.all.at(-1)!.users.find(userId);
    return row ?? Promise.reject(new Error(`There is no row for the user id ${userId}.`));
  }

  /** Returns the id of a limit without a row. */
  newLimit(): string {
    const id = randomKey().toString('hex');
    this.limitIds.push(id);
    return id;
  }

  /** Does the same `count` times at the same moment, over all instances in turn. */
  together<T>(count: number, act: (at: StoreInstance, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => act(this.all[index % this.all.length]!, index)));
  }

  /** Removes the rows that were made. */
  async clear(): Promise<void> {
    for (const id of this.userIds) await this.users.remove(id);
    for (const id of this.limitIds) await this.all[0]!.limits.remove(id);
  }
}

function rowsOf<Row extends object>(
  source: DataSource,
  entity: new () => Row,
  declaredIn: Function = entity,
): Rows<Row> {
  return new Rows<Row>(new Repository<Row>(entity, source.manager), declaredIn);
}
