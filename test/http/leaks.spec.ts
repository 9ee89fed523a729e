import { ForbiddenException } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { loginRoute } from '../support/logins.js';
import { onTheWire, openSession } from '../support/own-mfa.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(PLATFORMS)('a stranger on %s', (platform) => {
  const PROBES: [string, string][] = [
    ['GET', '/mfa/'],
    ['GET', '/mfa/?username=bob'],
    ['DELETE', '/mfa/'],
    ['GET', '/mfa/recovery/'],
    ['PUT', '/mfa/sms/request/'],
    ['PUT', '/mfa/sms/verify/'],
    ['POST', '/mfa/step-up/'],
    ['POST', '/mfa/step-up/challenge/'],
    ['POST', '/mfa/step-up/verify/'],
    ['POST', '/mfa/login/challenge/'],
    ['POST', '/mfa/login/verify/'],
    ['GET', '/mfa/factors/'],
    ['POST', '/mfa/factors/'],
    ['PATCH', '/mfa/factors/bob/'],
    ['DELETE', '/mfa/factors/bob/'],
    ['POST', '/mfa/factors/bob/verify/'],
    ['POST', '/mfa/logout/'],
    ['GET', '/mfa/authtoken/login/'],
    ['POST', '/mfa/authtoken/login/'],
    ['POST', '/mfa/oauth2/token/'],
    ['OPTIONS', '/mfa/'],
    ['GET', '/mfa/sms/'],
    ['GET', '/mfa/bob/'],
  ];

  it('[L-07] learns nothing of a user who has MFA, by any route', async () => {
    booted = await bootApp({ platform });
    await enrolledByRow(booted, 'bob');
    const basic = (name: string) => `Basic ${Buffer.from(`${name}:${name}-password`).toString('base64')}`;
    for (const [method, path] of PROBES) {
      const ask = (username: string) =>
        onTheWire(booted, {
          method,
          path: path.replaceAll('bob', username),
          headers: { authorization: basic(username), cookie: `user=${username}`, 'x-user-id': username },
          json: { username, mfa_code: '123456', phone_number: '14085551234', backup_code: 'ABCDEFGH1234' },
        });
      const [known, unknown] = [await ask('bob'), await ask('nil')];
      expect(known.text.replaceAll('bob', '?')).toBe(unknown.text.replaceAll('nil', '?'));
      expect(known.status).toBe(unknown.status);
      expect(known.text).not.toMatch(/mfa_required|mfa_type|1408|1234/);
    }
    expect(booted.outbox.count).toBe(0);
  });

  it.each([
    'x\n[AUDIT] success user=admin',
    'x\r\n    at admin (audit.ts:1:1)',
    '\u001b[2J\u001b[31mred',
    'x\u2028[AUDIT] y',
  ])('[L-09] writes no line into the log with a name: %j', async (username) => {
    booted = await bootApp({ platform });
    const find = booted.users.findByUsername.bind(booted.users);
    const oauth = await loginRoute(booted, 'oauth2');
    booted.log.length = 0;
    await booted.client.login(username);
    // As a driver would: with the name in the message.
    booted.users.findByUsername = (name) => Promise.reject(new Error(`no such user: ${name}\n    at ${name}`));
    for (const send of [() => booted.client.login(username), () => oauth.send(username)]) {
      expect((await send()).status).toBe(500);
    }
    booted.users.findByUsername = find;
    const lines = booted.log.join('\n');
    for (const part of ['AUDIT', 'admin', '\u001b', '\\u001b', 'no such user']) expect(lines).not.toContain(part);
  });

  it("[H-05] sees an HTTP exception of the application's own directory as it is", async () => {
    booted = await bootApp({ platform });
    const token = await booted.client.token('alice');
    booted.users.findById = () => Promise.reject(new ForbiddenException('This tenant is closed.'));
    for (const path of ['/app/me', '/app/vault', '/mfa/']) {
      const { status, body } = await booted.client.get(path, { token });
      expect([path, status, body['message']]).toEqual([path, 403, 'This tenant is closed.']);
    }
  });

  it('[L-10] sees a fixed text when something breaks, and no stack', async () => {
    booted = await bootApp({ platform });
    await enrolledByRow(booted, 'bob');
    const [token, oauth] = [await openSession(booted, 'bob'), await loginRoute(booted, 'oauth2')];
    const broken = () => Promise.reject(new Error('SELECT password FROM users -- PARAMETERS: ["hunter2"]'));
    Object.assign(booted.users, { findByUsername: broken, findById: broken });
    const answers = [
      await booted.client.login('bob'),
      await booted.client.get('/mfa/', { token }),
      await booted.client.delete('/mfa/', { token }),
      await booted.client.put('/mfa/sms/request/', { token, json: { phone_number: '14085551234' } }),
      await booted.client.get('/app/vault', { token }),
      await booted.client.get('/app/me', { token }),
    ];
    const body = {
      statusCode: 500,
      error: 'Internal Server Error',
      message: 'Internal server error',
      code: 'server_error',
    };
    expect(answers.map((answered) => answered.body)).toEqual(answers.map(() => body));
    expect((await oauth.send('bob')).body).toEqual({
      error: 'server_error',
      error_description: 'Internal server error',
    });
    expect(booted.log.filter((line) => line.includes('hunter2'))).toEqual([]);
    expect(booted.log.some((line) => line.includes('at '))).toBe(true);
  });
});
