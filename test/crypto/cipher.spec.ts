import { describe, expect, it } from 'vitest';
import { BrokenSeal, Cipher } from '../../src/crypto/cipher.js';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { randomKey } from '../../src/crypto/randomness.js';

const BINDING = { userId: '1', factorId: 'f' };
const newKey = () => randomKey().toString('base64');

describe('Cipher', () => {
  const [old, young] = [newKey(), newKey()];
  const cipher = new Cipher(new KeyRing([old]));

  it.each([null, '', 0, { secret: 'x', spent: 3 }, ['é', '\u0000', '😀']])(
    'opens what it has sealed: %j',
    async (state) => {
      expect(await cipher.open(await cipher.seal(state, BINDING), BINDING)).toEqual(state);
    },
  );

  it('seals the same state differently each time, and shows nothing of it', async () => {
    const state = { secret: 'a'.repeat(40) };
    const seals = await Promise.all(Array.from({ length: 50 }, () => cipher.seal(state, BINDING)));
    expect(new Set(seals.map((text) => text.split('.')[2])).size).toBe(50);
    for (const text of seals) {
      expect(text).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+$/);
      expect(Buffer.from(text.split('.')[3]!, 'base64url').toString('latin1')).not.toContain('aaa');
    }
  });

  it.each([
    { userId: '2', factorId: 'f' },
    { userId: '1', factorId: 'g' },
    { userId: '1f', factorId: '' },
    { userId: '1","f', factorId: '' },
  ])('opens nowhere else: %j', async (binding) => {
    const text = await cipher.seal({}, BINDING);
    await expect(cipher.open(text, binding)).rejects.toThrow(BrokenSeal);
  });

  it('does not open what was altered in any character', async () => {
    const text = await cipher.seal({ spent: 0 }, BINDING);
    for (let index = 0; index < text.length; index++) {
      // The first bit of the character: the last ones of a base64 text may mean nothing.
      const other = text[index] === 'A' ? 'g' : 'A';
      const altered = text.slice(0, index) + other + text.slice(index + 1);
      await expect(cipher.open(altered, BINDING)).rejects.toThrow(BrokenSeal);
    }
  });

  it('takes no tag that was cut short', async () => {
    const [version, id, nonce, sealed] = (await cipher.seal({}, BINDING)).split('.');
    const bytes = Buffer.from(sealed!, 'base64url');
    for (const length of [0, 1, 4, 12, bytes.length - 1]) {
      const cut = [version, id, nonce, bytes.subarray(0, length).toString('base64url')].join('.');
      await expect(cipher.open(cut, BINDING)).rejects.toThrow(BrokenSeal);
    }
  });

  it.each(['', 'v1', 'v1...', 'v2.a.b.c', 'null'])('takes %j for a broken seal', async (text) => {
    await expect(cipher.open(text, BINDING)).rejects.toThrow(BrokenSeal);
  });

  it('opens with an older key of the ring and seals with the newest', async () => {
    const rotated = new Cipher(new KeyRing([young, old]));
    const text = await cipher.seal('state', BINDING);
    expect(await rotated.open(text, BINDING)).toBe('state');
    const again = await rotated.seal('state', BINDING);
    expect(again.split('.')[1]).not.toBe(text.split('.')[1]);
    await expect(cipher.open(again, BINDING)).rejects.toThrow(BrokenSeal);
  });
});
