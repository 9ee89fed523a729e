import { afterEach, describe, expect, it } from 'vitest';
import { RunningSample } from './running-sample.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: '0'.repeat(32),
  TWILIO_PHONE_NUMBER: '+14085550100',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'no-reply@example.com',
};

let sample: RunningSample;
afterEach(() => sample.stop());

describe('what the sample serves', () => {
  it('is its pages with a strict policy, their files and no others, and in production no inbox', async () => {
    sample = await RunningSample.start(PRODUCTION);
    const statusOf = async (path: string) => (await fetch(`${sample.origin}${path}`)).status;
    for (const path of ['/', '/docs']) {
      const page = await fetch(`${sample.origin}${path}`);
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
          "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect(await statusOf('/page/main.js')).toBe(200);
    expect(await statusOf('/page/nestjs-mfa-client.js')).toBe(200);
    expect(await statusOf('/page/..%2fmain.ts')).toBe(404);
    expect(await statusOf('/page/constructor')).toBe(404);
    expect(await statusOf('/inbox')).toBe(404);
  });
});
