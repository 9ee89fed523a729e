import { afterEach, describe, expect, it, vi } from 'vitest';
import { type MfaModuleOptions, type SendSms, SmsChallenge } from '../../../src/index.js';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { enrolledByRow, phoneOf } from '../../support/factor-rows.js';
import { openSession, rawRows, requestPhone } from '../../support/own-mfa.js';
import { PagerChallenge } from '../../support/pager-challenge.js';
import { PagersModule } from '../../support/pagers.js';
import { TestUsersModule } from '../../support/test-users.js';
import { prompted } from '../../support/prompted.js';

let booted: BootedApp;
afterEach(async () => {
  vi.unstubAllEnvs();
  await booted.close();
});

const boot = async (sms: MfaModuleOptions['sms'] = {}) => {
  const sender = () => Promise.resolve();
  booted = await bootApp({ mfa: { sms: { sender, ...sms } } });
};

/** The answer to a request of a number that must be refused, and what is in the tables after it. */
async function refusalOf(phone: string): Promise<object> {
  const token = await openSession(booted, 'alice');
  const { status, body } = await denied(booted, () => requestPhone(booted, token, phone));
  const [rows, limits] = [await rawRows(booted, 'mfa_multi_factor_auth'), await rawRows(booted, 'mfa_rate_limit')];
  return { status, message: body['message'], rows, limits };
}

const REFUSAL = { status: 400, message: 'Please enter a valid phone number.', rows: [], limits: [] };

async function statusOf(phone: string): Promise<number> {
  return (await requestPhone(booted, await openSession(booted, 'alice'), phone)).status;
}

describe('a message', () => {
  it.each([
    ['international premium rate', '+979123456789'],
    ['Inmarsat', '870773111632'],
    ['personal numbers of no country', '878101234567'],
    ['Iridium', '+88163123456'],
    ['an international network', '88213300655'],
    ['another international network', '88300123456'],
    ['what was a disaster relief number', '888123456'],
    ["North America's 900", '19005551234'],
    ['a 900 that is too short to be one', '1900555123'],
    ['a British premium rate number', '449098790000'],
    ['the same behind a zero', '4409098790000'],
    ['a German premium rate number', '499001001234'],
    ['a French premium rate number', '33891234567'],
    ['a French shared-cost number', '33810123456'],
  ])('[C-05] never goes to a number that costs extra or has no country: %s', async (_, phone) => {
    const messages: string[] = [];
    await boot({ sender: ({ phoneNumber }) => Promise.resolve(void messages.push(phoneNumber)) });
    expect(await refusalOf(phone)).toEqual(REFUSAL);
    expect(messages).toEqual([]);
  });

  it('[C-05] never goes to a premium rate number of a country that is allowed', async () => {
    await boot({ allowedCountries: ['US', 'GB'] });
    expect(await refusalOf('19005551234')).toEqual(REFUSAL);
    expect(await refusalOf('449098790000')).toEqual(REFUSAL);
  });

  it.each(['8801712345678', '+886912345678'])('[C-05] goes to %s, which only looks like a satellite', async (phone) => {
    await boot();
    expect(await statusOf(phone)).toBe(200);
  });

  it('[C-05] goes to the countries that are allowed, and to no other of the same calling code', async () => {
    await boot({ allowedCountries: ['US', 'CA'] });
    expect(await refusalOf('447400123456')).toEqual(REFUSAL);
    // Jamaica, and digits that are no country's.
    expect(await refusalOf('18765551234')).toEqual(REFUSAL);
    expect(await refusalOf('10155512345')).toEqual(REFUSAL);
    expect(await refusalOf('80012345678')).toEqual(REFUSAL);
    expect(await statusOf('14155550123')).toBe(200);
    expect(await statusOf('16045550123')).toBe(200);
  });

  it('[C-05] still goes to a number that was confirmed before the list', async () => {
    const messages: string[] = [];
    const sender: SendSms = ({ phoneNumber }) => Promise.resolve(void messages.push(phoneNumber));
    await boot({ sender, allowedCountries: ['GB'] });
    await enrolledByRow(booted, 'bob');
    expect((await booted.client.login('bob')).body).toEqual(prompted('sms'));
    expect(messages).toEqual([phoneOf('bob')]);
  });
});

describe('an application in production', () => {
  const warnings = () => booted.log.filter((line) => line.includes('allowedCountries'));

  it('[C-05] says once at its start that messages may go everywhere, and how to mend it', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    await boot();
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain("sms: { allowedCountries: ['US', 'CA'] }");
  });

  it('[C-05] says nothing of it with a list, without the SMS challenge, or in development', async () => {
    await boot();
    expect(warnings()).toEqual([]);
    await booted.close();
    vi.stubEnv('NODE_ENV', 'production');
    await boot({ allowedCountries: ['US'] });
    expect(warnings()).toEqual([]);
    await booted.close();
    const imports = [TestUsersModule, PagersModule];
    booted = await bootApp({ mfa: { imports, challenges: [PagerChallenge] } });
    expect(warnings()).toEqual([]);
    await booted.close();
    booted = await bootApp({ mfa: { imports, challenges: [PagerChallenge, SmsChallenge] } });
    expect(warnings()).toHaveLength(1);
  });
});
