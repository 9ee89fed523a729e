import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { MultiFactorAuthService } from '../../src/index.js';
import type { BootedApp } from './boot-app.js';
import type { Answered } from './client.js';
import { rowOf } from './factor-rows.js';
import { openSession, requestPhone, verifyPhone } from './own-mfa.js';
import type { WireRequest } from './par.js';

/** Makes an application believe the proxy in front of it, so that `from` holds. */
export function behindProxy(app: INestApplication): void {
  (app as NestExpressApplication).set('trust proxy', 1);
}

/** The headers of a request from a network that `behindProxy` tells apart. */
export function from(network: number, host = 7): Record<string, string> {
  return { 'x-forwarded-for': `198.51.${network}.${host}` };
}

/** Phones that differ, in the United States and in Britain. */
export const phoneInUS = (index: number): string => `1415555${String(index).padStart(4, '0')}`;
export const phoneInGB = (index: number): string => `44740012${String(index).padStart(4, '0')}`;

/** A session of a user who has just come, and whom all instances know. */
export function newcomer([first, ...others]: readonly BootedApp[]): Promise<string> {
  const username = `newcomer-${first!.users.all.length}`;
  for (const { users } of [first!, ...others]) users.add(username);
  return openSession(first!, username);
}

/** A user's request of a code on a phone, as it goes over the wire. */
export function phoneRequest(token: string, phone: string, network = 0): WireRequest {
  const headers = { authorization: `Token ${token}`, ...from(network) };
  return { method: 'PUT', path: '/mfa/sms/request/', headers, json: { phone_number: phone } };
}

/** Somebody who has just come asks for a code on a phone. */
export async function signUp(booted: BootedApp, phone: string, network = 0): Promise<Answered> {
  const token = await newcomer([booted]);
  return booted.client.put('/mfa/sms/request/', { token, json: { phone_number: phone }, headers: from(network) });
}

/** The same, and enters the code if it comes. Gives the answer to the request. */
export async function signUpAndVerify(booted: BootedApp, phone: string, network = 0): Promise<Answered> {
  const token = await newcomer([booted]);
  const json = { phone_number: phone };
  const answered = await booted.client.put('/mfa/sms/request/', { token, json, headers: from(network) });
  if (answered.status !== 200) return answered;
  const verified = await verifyPhone(booted, token, booted.outbox.lastCode());
  if (verified.status !== 200) throw new Error(`verify of ${phone}: ${verified.status} ${verified.text}`);
  return answered;
}

/** Turns a user's MFA off, and asks for a code on a phone again. */
export function againWithout(booted: BootedApp, username: string): (phone: string) => Promise<Answered> {
  return async (phone) => {
    const { userId, enabled } = await rowOf(booted, username);
    if (enabled) await booted.app.get(MultiFactorAuthService, { strict: false }).disable(userId);
    const { authEpoch } = await rowOf(booted, username);
    return requestPhone(booted, await openSession(booted, username, authEpoch), phone);
  };
}

/** Somebody who has just come confirms a phone. Gives their request for a code on it later, after MFA was turned off. */
export async function confirmed(booted: BootedApp, phone: string): Promise<() => Promise<Answered>> {
  const username = `newcomer-${booted.users.all.length}`;
  await signUpAndVerify(booted, phone);
  return () => againWithout(booted, username)(phone);
}

/** A login with the password alone, from a network. */
export function loginFrom({ client }: BootedApp, username: string, network = 0): Promise<Answered> {
  const json = { username, password: `${username}-password` };
  return client.post('/mfa/authtoken/login/', { json, headers: from(network) });
}

/** Somebody who is paid for messages: new users ask for codes on new numbers, from many networks, and enter none. */
export async function pump(booted: BootedApp, count: number, first = 1000): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = first; index < first + count; index++) {
    const network = 100 + (Math.floor(index / 10) % 150);
    statuses.push((await signUp(booted, phoneInUS(index), network)).status);
  }
  return statuses;
}
