import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { TestClock, VirtualAuthenticatorApp } from '../../src/testing.js';

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('a virtual authenticator app', () => {
  it.each([
    { algorithm: 'SHA1', digits: 6, period: 30 },
    { algorithm: 'SHA256', digits: 8, period: 60 },
    { algorithm: 'SHA512', digits: 7, period: 30 },
  ])('shows the codes of $algorithm with $digits digits and $period seconds, as otpauth does', (shape) => {
    const clock = new TestClock();
    const totp = new TOTP({ secret: new Secret({ size: 33 }), label: 'ada', issuer: 'Bank: one', ...shape });
    const app = new VirtualAuthenticatorApp(totp.toString(), clock);
    for (let step = 0; step < 20; step++) {
      expect(app.code()).toBe(totp.generate({ timestamp: clock.now().getTime() }));
      clock.advance(17);
    }
  });

  it('takes a secret as people type it', () => {
    const clock = new TestClock();
    const code = new TOTP({ secret: Secret.fromBase32(SECRET) }).generate({ timestamp: clock.now().getTime() });
    for (const shown of [SECRET, SECRET.toLowerCase(), SECRET.replace(/.{4}/g, '$& '), `${SECRET}==`])
      expect(new VirtualAuthenticatorApp(shown, clock).code()).toBe(code);
    expect(() => new VirtualAuthenticatorApp('not a secret!')).toThrow('must be in Base32');
  });

  it('gives a new code each time, and moves the clock on to it', () => {
    const clock = new TestClock();
    const app = new VirtualAuthenticatorApp(SECRET, clock);
    const began = clock.now().getTime();
    const codes = [app.code(), app.nextCode(), app.nextCode(), app.code()];
    expect(clock.now().getTime() - began).toBe(60_000);
    expect(codes[3]).toBe(codes[2]);
    expect(new Set(codes).size).toBe(3);
    clock.advance(600);
    app.nextCode();
    expect(clock.now().getTime() - began).toBe(660_000);
  });

  it('gives two codes at a time without a clock of the test, which is what the module takes', () => {
    const app = new VirtualAuthenticatorApp(SECRET);
    expect(new Set([app.nextCode(), app.nextCode()]).size).toBe(2);
    expect(() => [app.nextCode(), app.nextCode()]).toThrow('TestClock');
  });
});
