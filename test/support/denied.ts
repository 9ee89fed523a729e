import { expect } from 'vitest';
import { MfaSession } from '../../src/index.js';
import type { BootedApp } from './boot-app.js';
import type { Answered } from './client.js';

const REFUSALS = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429];
const GIFTS = ['token', 'access_token', 'refresh_token', 'backup_code', 'backup_codes'];

/** Holds an answer to what a refusal may be: a status that says no, and nothing in the body that opens anything. */
export function expectRefusal({ status, body }: Answered): void {
  expect(REFUSALS).toContain(status);
  expect(GIFTS.filter((name) => name in body)).toEqual([]);
}

/** Sends what must be refused, and holds that the answer is a refusal and that no session came of it. */
export async function denied({ database }: BootedApp, send: () => Promise<Answered>): Promise<Answered> {
  const sessions = database.getRepository(MfaSession);
  const before = await sessions.count();
  const answered = await send();
  expectRefusal(answered);
  expect(await sessions.count()).toBe(before);
  return answered;
}
