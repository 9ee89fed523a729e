import { expect, it } from 'vitest';
import type { Stores } from './open-stores.js';

/** Ids that some database takes for the same: by case, accents, blanks, width, signs beyond the BMP, or as a number. */
const ODD_IDS = [
  'ada',
  'Ada',
  'ADA',
  'àda',
  'ada ',
  ' ada',
  'ada\t',
  'ada\u200b',
  'ａda',
  'a\u0301da',
  'áda',
  '😀',
  '😁',
  '0',
  '00',
  '1',
  '1.0',
  '1e0',
  'true',
  '%',
  '_da',
  "a'da",
  'a\\da',
  'ß',
  'ss',
  'x'.repeat(255),
  `${'x'.repeat(254)}y`,
  '😀'.repeat(255),
];

/** A user's row: every value comes back as it was given, and every id is its own user. */
export function keepsRowsOfUsers(given: () => Stores): void {
  it('gives every user id a row of its own', async () => {
    const { users } = given();
    for (const [index, id] of ODD_IDS.entries()) {
      expect([id, await users.find(id)]).toEqual([id, null]);
      expect([id, (await users.create(id, { authEpoch: index }))?.userId]).toEqual([id, id]);
    }
    for (const [index, id] of ODD_IDS.entries()) {
      expect(await users.find(id)).toMatchObject({ userId: id, authEpoch: index });
      expect(await users.create(id, {})).toBeNull();
    }
  });

  it('changes the row of that user and of no other', async () => {
    const { users } = given();
    for (const id of ['eve', 'Eve', 'eve ']) await users.create(id, {});
    expect(await users.change((await users.find('Eve'))!, { challengeType: 'sms' })).not.toBeNull();
    expect(await users.find('Eve')).toMatchObject({ challengeType: 'sms', version: 1 });
    expect(await users.find('eve')).toMatchObject({ challengeType: '', version: 0 });
    expect(await users.find('eve ')).toMatchObject({ challengeType: '', version: 0 });
  });

  it('finds nothing for text that no row can have, and makes no row for it', async () => {
    const { users } = given();
    for (const id of ['a\0', '\0', 'a\ud83d', '\ude00', 'x'.repeat(256), '']) expect(await users.find(id)).toBeNull();
    for (const id of ['a\0', 'a\ud83d', 'x'.repeat(256), '😀'.repeat(256)]) {
      await expect(users.create(id, {})).rejects.toThrow(TypeError);
    }
  });

  it('[I-09] asks the database for nothing but text', async () => {
    const { users } = given();
    await users.create('someone', {});
    for (const id of [0, 1, true, false, null, undefined, {}, [], ['someone'], { $ne: '' }, new Date()]) {
      await expect(users.find(id as never)).rejects.toThrow(TypeError);
    }
  });
}
