import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MfaError } from '../../src/core/mfa-error.js';
import { MultiFactorAuth } from '../../src/store/multi-factor-auth.entity.js';
import { MultiFactorAuthStore, type SeenRow } from '../../src/store/multi-factor-auth.store.js';
import { Rows } from '../../src/store/rows.js';
import { AbstractMultiFactorAuth } from '../../src/store/abstract-multi-factor-auth.js';

const START = new Date('2026-03-01T12:00:00Z');
const LATER = new Date('2026-03-01T12:00:05Z');

describe('MultiFactorAuthStore', () => {
  let database: DataSource;
  let store: MultiFactorAuthStore;
  let now: Date;
  beforeEach(async () => {
    now = START;
    database = new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [MultiFactorAuth],
      synchronize: true,
    });
    await database.initialize();
    const rows = new Rows<AbstractMultiFactorAuth>(database.getRepository(MultiFactorAuth), AbstractMultiFactorAuth);
    store = new MultiFactorAuthStore(rows, { now: () => now });
    await store.create('1', {});
  });
  afterEach(() => database.destroy());

  describe('change', () => {
    it('is made only over the version that was seen, and gives the row as it is then', async () => {
      const seen = (await store.find('1'))!;
      const [first, second] = await Promise.all([
        store.change(seen, { challengeType: 'sms' }),
        store.change(seen, { challengeType: 'totp' }),
      ]);
      expect(first).toMatchObject({ challengeType: 'sms', version: 1, enabled: true });
      expect(second).toBeNull();
      expect(await store.find('1')).toEqual(first);
      expect(seen).toMatchObject({ challengeType: '', version: 0 });
    });

    it('keeps dates and lists as they were given', async () => {
      const factor = { id: 'f', type: 'sms', hint: 'x', sealedState: 's', createdAt: START, confirmedAt: START };
      now = LATER;
      await store.change((await store.find('1'))!, { factors: [factor], codeArrival: START });
      expect(await store.find('1')).toMatchObject({ factors: [factor], codeArrival: START, updatedAt: LATER });
    });
  });

  it('makes one row for each user, whoever comes first', async () => {
    const [first, second] = await Promise.all([
      store.create('2', { authEpoch: 1 }),
      store.create('2', { authEpoch: 2 }),
    ]);
    expect([first?.authEpoch, second]).toEqual([1, null]);
    expect(await store.find('2')).toEqual(first);
    expect(await store.find('')).toBeNull();
  });

  describe('amend', () => {
    const raise = (row: SeenRow) => ({ change: { authEpoch: (row?.authEpoch ?? 0) + 1 }, outcome: row?.authEpoch });

    it('decides over every row that is written between, and loses no change', async () => {
      const amended = await Promise.all(Array.from({ length: 15 }, () => store.amend('1', raise)));
      expect(amended.map(({ outcome }) => outcome).toSorted((one, other) => one! - other!)).toEqual([
        ...Array.from({ length: 15 }).keys(),
      ]);
      expect(await store.find('1')).toMatchObject({ authEpoch: 15, version: 15 });
    });

    it('makes the row of a user who has none, once', async () => {
      await Promise.all(Array.from({ length: 5 }, () => store.amend('2', raise)));
      expect(await store.find('2')).toMatchObject({ authEpoch: 5, version: 4 });
    });

    it('begins with the row that was seen, and reads only when that is not the latest', async () => {
      const seen = await store.find('1');
      expect((await store.amend('1', raise, seen)).row).toMatchObject({ authEpoch: 1 });
      expect((await store.amend('1', raise, seen)).row).toMatchObject({ authEpoch: 2 });
      expect((await store.amend('2', raise, null)).row).toMatchObject({ authEpoch: 1 });
    });

    it('writes nothing without a change, or for a decision that refuses', async () => {
      const { row, outcome } = await store.amend('1', () => ({ outcome: 'as it is' }));
      expect([row?.version, outcome]).toEqual([0, 'as it is']);
      const refuse = () => Promise.reject(new MfaError('mfa_disabled'));
      await expect(store.amend('1', refuse)).rejects.toMatchObject({ code: 'mfa_disabled' });
      expect(await store.find('1')).toMatchObject({ version: 0 });
    });

    it('gives up, with 429, where others are first every time', async () => {
      const overtaken = store.amend('1', async (row) => {
        await store.change(row!, {});
        return { change: { authEpoch: 9 }, outcome: undefined };
      });
      await expect(overtaken).rejects.toMatchObject({ code: 'locked', status: 429, retryAfterSeconds: 1 });
      expect(await store.find('1')).toMatchObject({ authEpoch: 0 });
    });
  });
});
