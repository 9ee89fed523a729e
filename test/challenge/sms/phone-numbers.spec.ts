import { afterEach, describe, expect, it } from 'vitest';
import type { MfaModuleOptions } from '../../../src/index.js';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { behindProxy, signUp } from '../../support/newcomers.js';

let booted: BootedApp | undefined;
afterEach(() => booted?.close());
const boot = async (sms: MfaModuleOptions['sms'] = {}) => {
  booted = await bootApp({ mfa: { sms: { sender: () => Promise.resolve(), ...sms } }, setUp: behindProxy });
  return booted;
};

describe('a number', () => {
  it('[C-03] is refused in another spelling', async () => {
    const app = await boot();
    // +44 (0)7400 123456: the zero is dropped by who routes it, and the number would have a second budget.
    expect((await signUp(app, '4407400123456')).status).toBe(400);
    expect((await signUp(app, '447400123456')).status).toBe(200);
  });

  it('[C-05] of premium rate is none with one digit more', async () => {
    const app = await boot();
    const status = async (phone: string) => (await signUp(app, phone)).status;
    expect([await status('499001001234'), await status('4990010012345')]).toEqual([400, 400]);
    expect([await status('449098790000'), await status('4490987900001')]).toEqual([400, 400]);
  });

  it('[C-03] [C-06] that is too long has the limits of the phone that it rings', async () => {
    const app = await boot();
    const phones = ['', '0', '1', '2', '3', '44'].map((more) => `14155550001${more}`);
    const statuses: number[] = [];
    for (const [index, phone] of phones.entries()) statuses.push((await signUp(app, phone, index)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});
