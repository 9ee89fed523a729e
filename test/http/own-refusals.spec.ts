import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { enrolledByRow, rowOf } from '../support/factor-rows.js';
import { openSession } from '../support/own-mfa.js';

const ROUTES = [
  'GET /mfa/',
  'GET /mfa/recovery/',
  'DELETE /mfa/',
  'POST /mfa/logout/',
  'POST /mfa/authtoken/login/',
  'POST /mfa/step-up/',
];

describe("a refusal by the application's own middleware on express", () => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it.each([
    [{ status: 403, type: 'about:blank' }],
    [{ status: 403, errno: 7 }],
    [{ status: 403, type: 'entity.verify.failed' }],
    [{ status: 403 }],
  ])('[D-02] stays one, whatever it looks like: %o', async (refusal) => {
    booted = await bootApp({
      setUp: (app) => {
        app.use((_request: unknown, _response: unknown, next: (error: Error) => void) => {
          next(Object.assign(new Error('blocked'), refusal));
        });
      },
    });
    await enrolledByRow(booted, 'bob');
    const token = await openSession(booted, 'bob');
    for (const route of ROUTES) {
      const [method, path] = route.split(' ') as [string, string];
      const json = method === 'POST' ? { username: 'alice', password: 'alice-password' } : undefined;
      const { status, body } = await booted.client.request(method, path, { token, json });
      expect([route, status >= 400, body['backup_code'], body['token']]).toEqual([route, true, undefined, undefined]);
    }
    expect((await rowOf(booted, 'bob')).enabled).toBe(true);
  });
});
