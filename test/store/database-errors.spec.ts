import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { isUniqueViolation, LostRace, persistently } from '../../src/store/database-errors.js';

/** What another copy of TypeORM throws. */
class FromAnotherCopy extends Error {
  constructor(readonly driverError: object) {
    super('QueryFailedError');
  }
}

const failed = (code: string) => new QueryFailedError('', [], Object.assign(new Error(code), { code }));

describe('an error of the database', () => {
  it.each([failed('23505'), new FromAnotherCopy({ code: '23505' })])(
    'is known by its code, not by its class',
    (error) => {
      expect(isUniqueViolation(error)).toBe(true);
    },
  );

  it.each([undefined, null, 'text', new Error('x'), { driverError: null }, new FromAnotherCopy({ code: 23505 })])(
    'is not a unique violation without a driver error code: %o',
    (error) => {
      expect(isUniqueViolation(error)).toBe(false);
    },
  );

  it('is followed by another try after a deadlock, and by none after a wait for a lock', async () => {
    const answers = [new FromAnotherCopy({ code: '40001' }), failed('ER_LOCK_DEADLOCK')];
    const statement = () => {
      const error = answers.shift();
      return error ? Promise.reject(error) : Promise.resolve('done');
    };
    expect(await persistently(statement)).toBe('done');
    await expect(persistently(() => Promise.reject(failed('SQLITE_BUSY')))).rejects.toBeInstanceOf(LostRace);
  });
});
