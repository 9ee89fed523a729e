import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../src/core/clock.js';
import { codeOfOath, HAS_OATH_TOOLKIT } from '../../support/oath-toolkit.js';
import { stepOf, type TotpDevice, type TotpKey, withStep } from '../../../src/challenge/totp/totp-key.js';

const NOW = new Date('2026-03-01T12:00:10Z');
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const SHOWN: TotpKey = { secret: SECRET, algorithm: 'sha1', digits: 6, period: 30 };

const KEYS = (['sha1', 'sha256', 'sha512'] as const).flatMap((algorithm) =>
  ([6, 7, 8] as const).flatMap((digits) => [30, 60].map((period) => ({ secret: SECRET, algorithm, digits, period }))),
);

const deviceOf = (key: TotpKey, more: Partial<TotpDevice> = {}): TotpDevice => ({
  ...key,
  lastStep: 0,
  drift: 0,
  ...more,
});

/** The code that an app shows, by an implementation that is not ours. */
function codeOf({ secret, algorithm, digits, period }: TotpKey, at: Date): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret), algorithm: algorithm.toUpperCase(), digits, period });
  return totp.generate({ timestamp: at.getTime() });
}

describe('a key of an authenticator app', () => {
  it.skipIf(!HAS_OATH_TOOLKIT).each(KEYS)(
    'takes the codes of OATH Toolkit in its window: $algorithm, $digits digits, $period s',
    async (key) => {
      const judged: unknown[] = [];
      for (const steps of [-2, -1, 0, 1, 2]) {
        const code = codeOfOath(key, secondsAfter(NOW, steps * key.period));
        judged.push((await stepOf(deviceOf(key), code, NOW)) !== undefined);
      }
      expect(judged).toEqual([false, true, true, true, false]);
    },
  );

  it('takes no code of another length, and none of another key', async () => {
    const eight = { ...SHOWN, digits: 8 as const };
    expect(await stepOf(deviceOf(SHOWN), codeOf(eight, NOW), NOW)).toBeUndefined();
    const other = { ...SHOWN, secret: 'MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U' };
    expect(await stepOf(deviceOf(SHOWN), codeOf(other, NOW), NOW)).toBeUndefined();
  });

  it('[B-02] takes no code of the last accepted step or of an earlier one, wherever its window is', async () => {
    const step = (await stepOf(deviceOf(SHOWN), codeOf(SHOWN, NOW), NOW))!;
    const used = withStep(deviceOf(SHOWN), step, NOW);
    for (const [steps, later] of [
      [0, 0],
      [0, 29],
      [-1, 0],
      [-1, 29],
    ] as const) {
      const code = codeOf(SHOWN, secondsAfter(NOW, steps * 30));
      expect(await stepOf(used, code, secondsAfter(NOW, later))).toBeUndefined();
    }
    const next = secondsAfter(NOW, 30);
    expect(await stepOf(used, codeOf(SHOWN, next), NOW)).toBe(step + 1);
  });
});

describe('a device whose clock is wrong', () => {
  /** Signs in once each hour with a clock that is ahead by so many seconds, and says which codes were accepted. */
  async function over(hours: number, aheadAt: (hour: number) => number): Promise<boolean[]> {
    let device = deviceOf(SHOWN);
    const accepted: boolean[] = [];
    for (let hour = 0; hour < hours; hour++) {
      const now = secondsAfter(NOW, hour * 3600);
      const step = await stepOf(device, codeOf(SHOWN, secondsAfter(now, aheadAt(hour))), now);
      accepted.push(step !== undefined);
      if (step !== undefined) device = withStep(device, step, now);
    }
    return accepted;
  }

  it('is still accepted when it drifts from 30 to 60 seconds, in either direction', async () => {
    expect(await over(2, (hour) => 30 + 30 * hour)).toEqual([true, true]);
    expect(await over(2, (hour) => -30 - 30 * hour)).toEqual([true, true]);
  });

  it('is refused when it drifts further: what is learned has a limit', async () => {
    expect(await over(4, (hour) => 30 + 30 * hour)).toEqual([true, true, false, false]);
  });

  it('is accepted when somebody puts its clock right', async () => {
    expect(await over(3, (hour) => [30, 60, 0][hour]!)).toEqual([true, true, true]);
    expect(await over(3, (hour) => [-30, -60, 0][hour]!)).toEqual([true, true, true]);
  });

  it('is refused, and no error, where the clock was set back since its last code', async () => {
    const used = deviceOf(SHOWN, { lastStep: Math.floor(NOW.getTime() / 30_000) + 5 });
    expect(await stepOf(used, codeOf(SHOWN, NOW), NOW)).toBeUndefined();
  });

  it('gets no wider window than another one', async () => {
    const drifted = deviceOf(SHOWN, { drift: 1 });
    const accepted: number[] = [];
    for (let steps = -5; steps <= 5; steps++) {
      const code = codeOf(SHOWN, secondsAfter(NOW, steps * 30));
      if ((await stepOf(drifted, code, NOW)) !== undefined) accepted.push(steps);
    }
    expect(accepted).toEqual([0, 1, 2]);
  });
});
