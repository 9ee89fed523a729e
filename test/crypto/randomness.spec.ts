import { describe, expect, it } from 'vitest';
import { randomId, randomKey, randomText, randomToken } from '../../src/crypto/randomness.js';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('randomText', () => {
  it('has the length and the letters that were asked for', () => {
    for (const length of [1, 12, 32])
      expect(randomText(length, CROCKFORD)).toMatch(new RegExp(`^[${CROCKFORD}]{${length}}$`));
  });

  it('takes each letter equally often, as far as chance allows', () => {
    const each = 2000;
    const counts = new Map<string, number>();
    for (const letter of randomText(each * CROCKFORD.length, CROCKFORD))
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    const chiSquare = [...CROCKFORD].reduce((sum, letter) => sum + ((counts.get(letter) ?? 0) - each) ** 2 / each, 0);
    // 31 degrees of freedom: chance goes beyond 90 once in some ten million runs.
    expect(chiSquare).toBeLessThan(90);
  });

  it.each(['', 'abc', '0123456789'])(
    'refuses the alphabet %j, of which some letters would come more often',
    (alphabet) => {
      expect(() => randomText(8, alphabet)).toThrow(RangeError);
    },
  );
});

describe('keys, tokens and ids', () => {
  it('are as long as they should be and never the same', () => {
    expect([randomKey().length, randomKey(16).length]).toEqual([32, 16]);
    expect(randomToken()).toMatch(/^[\w-]{43}$/);
    for (const make of [randomToken, randomId]) {
      expect(new Set(Array.from({ length: 1000 }, () => make())).size).toBe(1000);
    }
  });
});
