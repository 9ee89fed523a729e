import { afterEach, describe, expect, it } from 'vitest';
import type { MfaModuleOptions } from '../../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { eventLog } from '../../support/event-log.js';
import { behindProxy, signUp } from '../../support/newcomers.js';
import { Outbox } from '../../support/outbox.js';

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

describe.each(PLATFORMS)('one phone on %s', (platform) => {
  it.each([
    ['Mexico', '5215512345678', '525512345678'],
    ['Argentina', '5491123456789', '541123456789'],
    ['Brazil', '5511961234567', '551161234567'],
    ['Benin', '2290195123456', '22995123456'],
    ['Gabon', '24106031234', '2416031234'],
  ])('[F-06] has one limit, with the optional digit and without it: %s', async (_, long, short) => {
    booted = await bootApp({ platform, trustedProxy: '127.0.0.1' });
    const statuses: number[] = [];
    for (let index = 0; index < 6; index++) {
      statuses.push((await signUp(booted, index % 2 === 0 ? long : short, index)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    // The number goes to the gateway as it was given.
    expect(new Set(booted.outbox.messages.map(({ phoneNumber }) => phoneNumber))).toEqual(new Set([long, short]));
  });

  it('[F-06] is not another phone of the same plan', async () => {
    booted = await bootApp({ platform, trustedProxy: '127.0.0.1', mfa: { messages: { perDestinationPerHour: 1 } } });
    for (const phone of ['525512345678', '525512345679', '551161234567', '551131234567', '5511931234567']) {
      expect([phone, (await signUp(booted, phone)).status]).toEqual([phone, 200]);
    }
  });
});

describe.each(PLATFORMS)('a number where countries are listed, on %s', (platform) => {
  it.each([
    ['written without its country', '4085862744', 'country', 'RO'],
    ['of a territory', '17872345678', 'country', 'PR'],
    ['of another country', '447400123456', 'country', 'GB'],
    ['that is too short to exist', '1415555', 'impossible', '+1'],
    ['that is too long to exist', '141555501234', 'impossible', 'US'],
    ['at extra cost', '19005551234', 'costly', 'US'],
    ['in another spelling', '114155550123', 'spelling', 'US'],
  ])('[F-08] is refused, and the application hears why: %s', async (_, phone, reason, country) => {
    const log = eventLog();
    const mfa = { events: log.listener, audit: true };
    const outbox = new Outbox();
    booted = await bootApp({
      platform,
      outbox,
      mfa: { ...mfa, sms: { sender: outbox.send, allowedCountries: ['US'] } },
    });
    const refused = await signUp(booted, phone);
    expect([refused.status, refused.body['message']]).toEqual([400, 'Please enter a valid phone number.']);
    const told = { type: 'number_refused', challengeType: 'sms', at: booted.clock.now(), reason, country };
    expect(log.events).toEqual([{ ...told, userId: expect.any(String) }]);
    expect(outbox.count).toBe(0);
    expect(JSON.stringify(log.events)).not.toContain(phone);
    // Whoever is signed in could fill the table.
    expect(await booted.database.query('SELECT id FROM mfa_event')).toEqual([]);
  });

  it('[F-08] is taken as the contract says where none are listed', async () => {
    booted = await bootApp({ platform });
    expect((await signUp(booted, '4085862744')).status).toBe(200);
  });
});
