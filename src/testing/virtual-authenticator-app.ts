import { createHmac } from 'node:crypto';
import { Clock } from '../core/clock.js';
import type { ShownChallenge } from '../verification/shown-methods.js';
import { TestClock } from './test-clock.js';
import type { TestDevice, TestProof } from './test-device.js';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * An authenticator app in software (RFC 6238). Give it what `PUT /mfa/totp/request/` shows: the `otpauth_uri`, or the `secret` alone.
 * @example
 * ```ts
 * const clock = new TestClock();
 * const app = new VirtualAuthenticatorApp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', clock);
 * const code = app.nextCode();
 * ```
 */
export class VirtualAuthenticatorApp implements TestDevice {
  private readonly key: Buffer;
  private readonly algorithm: string;
  private readonly digits: number;
  private readonly period: number;
  private lastStep = 0;

  /** Shows the codes of this clock's time. Default: the real time. */
  constructor(
    shown: string,
    private readonly clock: Clock = new Clock(),
  ) {
    const { searchParams } = new URL(
      shown.includes(':') ? shown : `otpauth://totp/?secret=${shown.replaceAll(' ', '')}`,
    );
    const { secret = '', algorithm = 'SHA1', digits = '6', period = '30' } = Object.fromEntries(searchParams);
    this.key = fromBase32(secret);
    this.algorithm = algorithm.toLowerCase();
    this.digits = Number(digits);
    this.period = Number(period);
  }

  /** Returns the code of this moment. */
  code(): string {
    this.lastStep = this.stepNow();
    return this.codeOf(this.lastStep);
  }

  /**
   * Returns a code that it has not shown before, because each code works once. If it has to, it moves a `TestClock`
   * forward. In real time it may return the code of the next 30 seconds, which the module accepts too.
   */
  nextCode(): string {
    const wait = this.lastStep + 1 - this.stepNow();
    if (this.clock instanceof TestClock) this.clock.advance(Math.max(0, wait) * this.period);
    else if (wait > 1)
      throw new Error('VirtualAuthenticatorApp: give it a TestClock to get more codes than time allows.');
    this.lastStep = Math.max(this.stepNow(), this.lastStep + 1);
    return this.codeOf(this.lastStep);
  }

  /** Answers a challenge of the type `totp`. */
  answer({ type }: ShownChallenge): TestProof | undefined {
    return type === 'totp' ? { code: this.nextCode() } : undefined;
  }

  private stepNow(): number {
    return Math.floor(this.clock.now().getTime() / 1000 / this.period);
  }

  // RFC 4226 §5.3
  private codeOf(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const hash = createHmac(this.algorithm, this.key).update(counter).digest();
    const number = hash.readUInt32BE(hash.at(-1)! & 0xf) & 0x7fff_ffff;
    return String(number % 10 ** this.digits).padStart(this.digits, '0');
  }
}

function fromBase32(text: string): Buffer {
  const bits = Array.from(text.toUpperCase().replace(/=+$/, ''), (letter) => {
    const value = BASE32.indexOf(letter);
    if (value === -1)
      throw new TypeError('VirtualAuthenticatorApp: the secret must be in Base32, e.g. show.otpauth_uri.');
    return value.toString(2).padStart(5, '0');
  }).join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
