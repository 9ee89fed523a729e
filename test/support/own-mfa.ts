import { Sessions } from '../../src/index.js';
import type { BootedApp } from './boot-app.js';
import type { Answered } from './client.js';
import { par, type WireRequest } from './par.js';

/** Asks for a code on a phone, to enrol it. */
export function requestPhone({ client }: BootedApp, token: string, phone: unknown): Promise<Answered> {
  return client.put('/mfa/sms/request/', { token, json: { phone_number: phone } });
}

/** Confirms a requested phone. */
export function verifyPhone({ client }: BootedApp, token: string, code: unknown): Promise<Answered> {
  return client.put('/mfa/sms/verify/', { token, json: { mfa_code: code } });
}

/** A session of a user whose MFA is on, proven with a code just now. */
export async function provenToken(booted: BootedApp, username: string): Promise<string> {
  await booted.client.login(username);
  return booted.client.token(username, { mfa_code: booted.outbox.lastCode() });
}

/** A session of a user that has just proven a second factor, without a login. */
export async function openSession({ app, users }: BootedApp, username: string, authEpoch = 0): Promise<string> {
  const signIn = {
    userId: String(users.named(username).id),
    amr: ['pwd', 'sms', 'mfa'],
    authEpoch,
    factorProven: true,
  };
  return (await app.get(Sessions, { strict: false }).open(signIn)).token;
}

/** Every row of a table as the database has it, without the ORM between. */
export async function rawRows({ database }: BootedApp, table: string): Promise<Record<string, unknown>[]> {
  return database.query(`SELECT * FROM ${table}`);
}

/** One request whose path goes over the wire as it is written, where `URL` would tidy it. */
export async function onTheWire(booted: BootedApp, request: WireRequest): Promise<Answered> {
  const [answered] = await par([booted], 1, () => request);
  return answered!;
}
