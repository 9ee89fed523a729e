import { hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { Misconfiguration } from '../../src/core/misconfiguration.js';
import { randomKey } from '../../src/crypto/randomness.js';

describe('KeyRing', () => {
  const key = randomKey();
  const text = key.toString('base64');

  it('reads a key in base64, base64url and hex', () => {
    const spellings = [text, key.toString('base64url'), key.toString('hex'), key.toString('hex').toUpperCase()];
    const ids = spellings.map((spelling) => new KeyRing([spelling]).primary);
    expect(new Set(ids).size).toBe(1);
  });

  it('takes the first key for new secrets and keeps the order of the rest', () => {
    const other = randomKey().toString('base64');
    const [one, two] = [new KeyRing([text, other]), new KeyRing([other, text])];
    expect(one.ids).toEqual(two.ids.toReversed());
    expect(one.primary).toBe(one.ids[0]);
    expect(one.derive(one.primary, 'x')?.equals(two.derive(one.primary, 'x')!)).toBe(true);
  });

  it('derives another key for each purpose (HKDF-SHA-256)', () => {
    const ring = new KeyRing([text]);
    const derived = ring.derive(ring.primary, 'a');
    expect(derived?.export()).toEqual(Buffer.from(hkdfSync('sha256', key, '', 'a', 32)));
    expect(ring.derive(ring.primary, 'b')?.equals(derived!)).toBe(false);
    expect(ring.derive('00000000', 'a')).toBeUndefined();
  });

  it('tells nothing of a key in its id', () => {
    expect(new KeyRing([text]).primary).toMatch(/^[0-9a-f]{8}$/);
    expect(key.toString('hex')).not.toContain(new KeyRing([text]).primary);
  });

  it.each([[[]], [[undefined]], [['']], [['x']], [['a'.repeat(44)]], [['not a key, but long enough to be one?']]])(
    'refuses %j',
    (keys) => {
      expect(() => new KeyRing(keys)).toThrow(Misconfiguration);
    },
  );

  it.each([
    ['the digits of hex, four times', '0123456789abcdef'.repeat(4)],
    ['bytes that count up', Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('hex')],
    [
      'bytes that count down by seven',
      Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - 7 * index)).toString('hex'),
    ],
    ['a pass phrase in base64', Buffer.from('correct horse battery staple, 32').toString('base64')],
    [
      'eight random bytes, four times',
      Buffer.concat(Array.from({ length: 4 }, () => key.subarray(0, 8))).toString('hex'),
    ],
    ['33 bytes', Buffer.concat([key, Buffer.from([7])]).toString('base64')],
  ])('[X-16] refuses %s, and names what makes a key', (_, made) => {
    expect(() => new KeyRing([made])).toThrow(/`keys\[0\]` is not a random key .* from `openssl rand -base64 32`/);
  });

  it('[X-16] takes what a generator makes', () => {
    for (let round = 0; round < 2000; round++) {
      for (const bytes of [32, 64]) expect(() => new KeyRing([randomKey(bytes).toString('base64')])).not.toThrow();
    }
  });

  it.each([`"${text}"`, `'${text}'`, `${text}\n`, ` ${text}`])(
    '[F-16] says what is around a key, as in %j',
    (spelt) => {
      expect(() => new KeyRing([spelt])).toThrow('`keys[0]` has quotes or white space around it');
    },
  );

  it('[F-16] says that a text is no list', () => {
    expect(() => new KeyRing(text as unknown as string[])).toThrow('`keys` must be a list');
  });

  it('refuses a key of 31 bytes, in words that do not show it', () => {
    const short = key.subarray(1).toString('base64');
    const refusal = () => new KeyRing([text, short]);
    expect(refusal).toThrow(/`keys\[1\]` is not a random key of 32 or 64 bytes/);
    expect(refusal).not.toThrow(short);
  });
});
