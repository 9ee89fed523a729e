import { describe, expect, it } from 'vitest';
import { type CodeMoment, generateMfaCode, verifyMfaCode } from '../../src/index.js';

/** @see https://www.rfc-editor.org/rfc/rfc4226#appendix-D */
const SECRET = Buffer.from('12345678901234567890');
const VECTORS = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');

// RFC 6238 §4.2: TOTP = HOTP(K, T). So the window is HOTP's counter.
const inWindow = (counter: number): CodeMoment => ({ now: new Date(counter * 30_000), digits: 6, stepSeconds: 30 });

describe('RFC 4226 (HOTP), Appendix D: HOTP values', () => {
  it.each(VECTORS.map((code, counter) => [counter, code] as const))(
    '[T30] for counter %i the value is %s',
    async (counter, code) => {
      expect(await generateMfaCode(SECRET, inWindow(counter))).toBe(code);
    },
  );

  it('moves the counter by `drift`', async () => {
    expect(await generateMfaCode(SECRET, inWindow(4), 3)).toBe(VECTORS[7]);
    expect(await generateMfaCode(SECRET, inWindow(4), -4)).toBe(VECTORS[0]);
  });
});

describe('RFC 4226 §4: algorithm requirements', () => {
  it('R4: the value must be at least a 6-digit value', async () => {
    expect(await generateMfaCode(SECRET, inWindow(0))).toMatch(/^[0-9]{6}$/);
  });

  it('[T30] R6: the length of the shared secret must be at least 128 bits', async () => {
    await expect(generateMfaCode(SECRET.subarray(0, 15), inWindow(0))).rejects.toThrow(/secret/i);
    expect(await generateMfaCode(SECRET.subarray(0, 16), inWindow(0))).toHaveLength(6);
  });

  it('takes exactly the digits of a value, in ASCII', async () => {
    const code = VECTORS[0]!;
    expect(await verifyMfaCode(SECRET, code, inWindow(0))).toBe(true);
    const arabic = Array.from(code, (digit) => String.fromCodePoint(0x660 + Number(digit))).join('');
    for (const other of [` ${code}`, `${code}\n`, `+${code}`, `0${code}`, `${code}0`, code.slice(1), arabic, '']) {
      expect(await verifyMfaCode(SECRET, other, inWindow(0))).toBe(false);
    }
  });
});
