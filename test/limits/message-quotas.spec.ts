import { afterEach, describe, expect, it } from 'vitest';
import type { MessageOptions } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { enrolledByRow, phoneOf } from '../support/factor-rows.js';
import { times } from '../support/guesses.js';
import { behindProxy, from, loginFrom, newcomer, phoneInGB, phoneInUS, signUp } from '../support/newcomers.js';
import { openSession } from '../support/own-mfa.js';

const HOUR = 3600;

let booted: BootedApp;
afterEach(() => booted.close());

const boot = async (messages: Partial<MessageOptions> = {}) => {
  booted = await bootApp({ mfa: { messages }, setUp: behindProxy });
};

/** Does something so many times, one after the other, and gives the statuses. */
async function inTurn(count: number, send: (index: number) => Promise<Answered>): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index++) statuses.push((await send(index)).status);
  return statuses;
}

function expectRefused({ status, body, headers }: Answered, seconds: number): void {
  expect([status, body['code'], headers.get('retry-after')]).toEqual([429, 'locked', String(seconds)]);
}

describe('messages to one number', () => {
  it('[C-06] are five in an hour and ten in a day, whoever asks for them and from wherever', async () => {
    await boot();
    const phone = phoneInUS(0);
    const inAnHour = [...times(5, 200), 429, 429];
    expect(await inTurn(7, (network) => signUp(booted, phone, network))).toEqual(inAnHour);
    expectRefused(await signUp(booted, phone, 8), HOUR);
    booted.clock.advance(HOUR);
    expect(await inTurn(7, (network) => signUp(booted, phone, network))).toEqual(inAnHour);
    booted.clock.advance(HOUR);
    expectRefused(await signUp(booted, phone, 9), 22 * HOUR);
    expect(booted.outbox.count).toBe(10);
    booted.clock.advance(22 * HOUR);
    expect((await signUp(booted, phone, 9)).status).toBe(200);
  });

  it('[C-07] are counted together for logins and step-ups of all whose number it is, and apart for sign-ups', async () => {
    await boot({ perDestinationPerHour: 3 });
    booted.users.add('mate');
    for (const username of ['bob', 'mate']) await enrolledByRow(booted, username, undefined, phoneOf('bob'));
    const session = await openSession(booted, 'bob');
    const stepUp = () => booted.client.post('/mfa/step-up/', { token: session, json: {} });
    expect((await loginFrom(booted, 'bob')).status).toBe(200);
    expect((await stepUp()).status).toBe(200);
    expect((await loginFrom(booted, 'mate')).status).toBe(200);
    booted.clock.advance(61);
    expect([(await stepUp()).status, (await loginFrom(booted, 'bob')).status]).toEqual([503, 503]);
    expect(booted.outbox.count).toBe(3);
    expect(await inTurn(4, () => signUp(booted, phoneOf('bob')))).toEqual([...times(3, 200), 429]);
  });
});

describe('messages that one network asks for', () => {
  it('[C-07] are twenty to new numbers in an hour, and other networks have theirs', async () => {
    await boot();
    expect(await inTurn(25, (index) => signUp(booted, phoneInUS(index)))).toEqual([
      ...times(20, 200),
      ...times(5, 429),
    ]);
    const token = await newcomer([booted]);
    const json = { phone_number: phoneInGB(0) };
    expectRefused(await booted.client.put('/mfa/sms/request/', { token, json, headers: from(0, 8) }), HOUR);
    expect((await signUp(booted, phoneInUS(30), 1)).status).toBe(200);
    booted.clock.advance(HOUR);
    expect((await signUp(booted, phoneInUS(31))).status).toBe(200);
  });

  it('[C-07] are sixty for logins in an hour, and other networks have theirs', async () => {
    await boot();
    for (let index = 0; index < 62; index++) booted.users.add(`member-${index}`);
    for (let index = 0; index < 62; index++) await enrolledByRow(booted, `member-${index}`);
    expect(await inTurn(61, (index) => loginFrom(booted, `member-${index}`))).toEqual([...times(60, 200), 503]);
    expect((await loginFrom(booted, 'member-61', 1)).status).toBe(200);
    expect((await signUp(booted, phoneInUS(0))).status).toBe(200);
    booted.clock.advance(HOUR);
    expect((await loginFrom(booted, 'member-60')).status).toBe(200);
  });
});

describe('messages to one country', () => {
  it('[C-07] are two hundred in a day, of which logins keep the half that sign-ups cannot use', async () => {
    await boot({ minimumVerifiedShare: 0 });
    for (let index = 0; index < 101; index++) booted.users.add(`member-${index}`);
    for (let index = 0; index < 101; index++) await enrolledByRow(booted, `member-${index}`);
    const network = (index: number) => Math.floor(index / 20);
    const signUps = await inTurn(105, (index) => signUp(booted, phoneInUS(index), network(index)));
    expect(signUps).toEqual([...times(100, 200), ...times(5, 429)]);
    const logins = await inTurn(101, (index) => loginFrom(booted, `member-${index}`, network(index)));
    expect(logins).toEqual([...times(100, 200), 503]);
    expect((await signUp(booted, phoneInGB(0), 50)).status).toBe(200);
    expectRefused(await signUp(booted, phoneInUS(200), 50), 24 * HOUR);
    booted.clock.advance(24 * HOUR);
    expect((await signUp(booted, phoneInUS(200), 50)).status).toBe(200);
  });
});

describe('a message that is refused', () => {
  it('[C-07] for its number uses up nothing of the network or the country', async () => {
    await boot({ perCountryPerDay: 60 });
    await inTurn(5, () => signUp(booted, phoneInUS(0)));
    expect(await inTurn(40, () => signUp(booted, phoneInUS(0)))).toEqual(times(40, 429));
    const fromHere = await inTurn(16, (index) => signUp(booted, phoneInUS(1 + index)));
    expect(fromHere).toEqual([...times(15, 200), 429]);
    const fromElsewhere = await inTurn(11, (index) => signUp(booted, phoneInUS(20 + index), 1));
    expect(fromElsewhere).toEqual([...times(10, 200), 429]);
  });

  it('[C-07] for its network uses up nothing of the country', async () => {
    await boot({ perCountryPerDay: 50 });
    await inTurn(20, (index) => signUp(booted, phoneInUS(index)));
    expect(await inTurn(40, (index) => signUp(booted, phoneInUS(20 + index)))).toEqual(times(40, 429));
    const elsewhere = await inTurn(6, (index) => signUp(booted, phoneInUS(60 + index), 1));
    expect(elsewhere).toEqual([...times(5, 200), 429]);
  });

  it('[C-07] for the new numbers of its user uses up nothing of the number', async () => {
    await boot({ newDestinationsPerMonth: 1 });
    const token = await newcomer([booted]);
    const ask = (phone: string) => booted.client.put('/mfa/sms/request/', { token, json: { phone_number: phone } });
    expect((await ask(phoneInUS(0))).status).toBe(200);
    expect(await inTurn(10, () => ask(phoneInUS(1)))).toEqual(times(10, 429));
    expect(await inTurn(5, () => signUp(booted, phoneInUS(1)))).toEqual(times(5, 200));
  });
});
