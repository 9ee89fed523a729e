import { ValidationPipe, type INestApplication } from '@nestjs/common';
import { OAuthClients } from '../../src/index.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { expectRefusal } from '../support/denied.js';
import { enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { openSession } from '../support/own-mfa.js';
import { prompted } from '../support/prompted.js';

/** The strictest and the most obliging pipe that an application may have, in one. */
const hostPipe = (app: INestApplication) =>
  void app.useGlobalPipes(
    new ValidationPipe({
      transform: true,
      transformOptions: { enableImplicitConversion: true },
      whitelist: true,
      forbidNonWhitelisted: true,
      validateCustomDecorators: true,
    }),
  );

const NO_TEXTS = [123456, 0, 1.5, true, false, null, [], ['123456'], ['x', 'y'], {}, { $ne: '' }, { length: 6 }];
const CHALLENGED = prompted('sms');
const FIELDS = {
  '/mfa/authtoken/login/': ['username', 'password', 'mfa_code', 'backup_code'],
  '/mfa/oauth2/token/': ['grant_type', 'username', 'password', 'mfa_code', 'backup_code', 'scope'],
  '/mfa/sms/request/': ['phone_number'],
  '/mfa/sms/verify/': ['mfa_code'],
  '/mfa/step-up/': ['mfa_code'],
};

describe.each(PLATFORMS)('bodies on %s, behind a converting pipe of the application', (platform) => {
  let booted: BootedApp;
  /** Of alice, whose MFA is off, and of the user. */
  let token: string;
  let proven: string;
  let credentials: Record<string, string>;
  let user: string;

  beforeAll(async () => {
    booted = await bootApp({ platform, setUp: hostPipe });
    const { clientId, clientSecret } = await booted.app
      .get(OAuthClients, { strict: false })
      .create({ name: 'app', grants: ['password', 'refresh_token'] });
    credentials = { client_id: clientId, client_secret: clientSecret! };
  });
  afterAll(() => booted.close());

  // A user of its own for each test, because wrong codes count.
  beforeEach(async ({ task }) => {
    user = `user-${task.id}`;
    booted.users.add(user);
    await enrolledByRow(booted, user);
    proven = await openSession(booted, user);
    token = await booted.client.token('alice');
    booted.users.verifications = [];
  });

  const password = () => ({ username: user, password: `${user}-password` });
  const oauth = () => ({ grant_type: 'password', ...credentials, ...password() });
  const bodyFor = (path: string) => (path.includes('oauth2') ? oauth() : path.includes('login') ? password() : {});

  const sendTo = (path: string, json: unknown): Promise<Answered> => {
    if (path.includes('/sms/')) return booted.client.put(path, { token, json });
    return booted.client.post(path, { json, ...(path.includes('step-up') && { token: proven }) });
  };

  it('[I-01] are read by their documented fields alone: others change nothing', async () => {
    const extra = { id: 1, user: 'alice', active: true, enabled: false, challenge_type: '', epoch: 9, amr: ['mfa'] };
    const answers = [
      await sendTo('/mfa/authtoken/login/', { ...password(), ...extra }),
      await sendTo('/mfa/oauth2/token/', { ...oauth(), ...extra }),
    ];
    expect(answers.map(({ body }) => body)).toEqual(answers.map(() => CHALLENGED));
    expect((await sendTo('/mfa/step-up/', extra)).body).toEqual(CHALLENGED);
    const row = await rowOf(booted, user);
    expect([row.challengeType, row.authEpoch, row.factors.length]).toEqual(['sms', 0, 1]);
  });

  it.each(['authtoken/login', 'oauth2/token'])('[I-02] are refused at %s when a code is null', async (path) => {
    const sent = booted.outbox.count;
    for (const field of ['mfa_code', 'backup_code']) {
      const refused = await sendTo(`/mfa/${path}/`, { ...bodyFor(path), [field]: null });
      expectRefusal(refused);
      expect(refused.status).toBe(400);
    }
    expect(booted.outbox.count).toBe(sent);
  });

  it('[I-02] are refused when a code is blank', async () => {
    const sent = booted.outbox.count;
    for (const blank of ['', ' ', '\t\n']) {
      expect((await sendTo('/mfa/authtoken/login/', { ...password(), mfa_code: blank })).status).toBe(400);
      expect((await sendTo('/mfa/sms/verify/', { mfa_code: blank })).status).toBe(400);
    }
    expect(booted.outbox.count).toBe(sent);
  });

  it.each(Object.entries(FIELDS).flatMap(([path, names]) => names.map((name) => [path, name] as const)))(
    '[I-03] [I-06] [T25] are refused at %s when %s is no text',
    async (path, name) => {
      const before = await rowOf(booted, user);
      for (const value of NO_TEXTS) {
        const refused = await sendTo(path, { ...bodyFor(path), [name]: value });
        expectRefusal(refused);
        expect([value, refused.status]).toEqual([value, 400]);
      }
      // A code is looked at after the password, because it is ignored while MFA is off.
      expect(name.endsWith('_code') ? [] : booted.users.verifications).toEqual([]);
      expect(await rowOf(booted, user)).toEqual(before);
    },
  );

  it('[I-03] take no code for a number, though its digits are right', async () => {
    const code = await rightCode(booted, user);
    for (const mfa_code of [Number(code), [code], { 0: code }]) {
      expectRefusal(await sendTo('/mfa/authtoken/login/', { ...password(), mfa_code }));
      expectRefusal(await sendTo('/mfa/oauth2/token/', { ...oauth(), mfa_code }));
    }
    expect((await sendTo('/mfa/authtoken/login/', { ...password(), mfa_code: code })).status).toBe(200);
  });

  it.each(['client_id', 'client_secret', 'refresh_token'])('[I-09] reach no query when %s is no text', async (name) => {
    const body = name === 'refresh_token' ? { grant_type: 'refresh_token', ...credentials } : oauth();
    booted.statements.length = 0;
    for (const value of [...NO_TEXTS, ''])
      expectRefusal(await sendTo('/mfa/oauth2/token/', { ...body, [name]: value }));
    const parameters = booted.statements.flatMap((statement) => statement.parameters);
    expect(parameters.filter((parameter) => typeof parameter !== 'string')).toEqual([]);
  });

  it.each(['Token', 'Bearer'])('[I-09] hold no session when the %s is odd', async (scheme) => {
    for (const odd of ['0', 'false', 'null', 'undefined', '[]', '{}', '%', "' OR 1=1 --", '"', '*']) {
      expect((await booted.client.get('/mfa/', { token: odd, scheme })).status).toBe(401);
    }
  });

  it('[I-04] give one answer and one evaluation to a code that stands twice', async () => {
    const [right, wrong] = [await rightCode(booted, user), await wrongCode(booted, user)];
    const start = JSON.stringify(password()).slice(0, -1);
    const raw = `${start},"mfa_code":"${right}","mfa_code":"${wrong}"}`;
    const headers = { 'content-type': 'application/json' };
    expectRefusal(await booted.client.post('/mfa/authtoken/login/', { raw, headers }));
    expect((await rowOf(booted, user)).codeFailures).toBe(1);
    const form = new URLSearchParams([...Object.entries(password()), ['mfa_code', wrong], ['mfa_code', right]]);
    const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };
    expectRefusal(await booted.client.post('/mfa/authtoken/login/', { raw: form.toString(), headers: formHeaders }));
    expect((await rowOf(booted, user)).codeFailures).toBe(1);
  });

  it('[I-05] hold no name, password or code that stands in the address', async () => {
    const code = await rightCode(booted, user);
    const query = new URLSearchParams({ ...oauth(), mfa_code: code }).toString();
    const bodies = [undefined, {}, { username: user }, { password: `${user}-password` }];
    for (const json of bodies) {
      expectRefusal(await sendTo(`/mfa/authtoken/login/?${query}`, json));
      expectRefusal(await sendTo(`/mfa/oauth2/token/?${query}`, json));
    }
    expectRefusal(await sendTo(`/mfa/authtoken/login/?${query}`, { username: 'alice', password: 'bad' }));
    expect((await sendTo(`/mfa/authtoken/login/?mfa_code=${code}`, password())).body['mfa_required']).toBe(true);
    expect(booted.users.verifications.filter((given) => given === `${user}-password`)).toHaveLength(1);
  });

  it('[I-08] [T25] take NUL, half a character and very long texts for wrong, never for an error', async () => {
    const odd = ['\0', 'bob\0', '\ud800', 'bob\udfff', 'x'.repeat(10_000), '\u{1F600}'.repeat(50), '\u202Ebob'];
    const answers: Answered[] = [];
    for (const text of odd) {
      for (const path of ['/mfa/authtoken/login/', '/mfa/oauth2/token/']) {
        for (const name of ['username', 'password', 'mfa_code', 'backup_code']) {
          answers.push(await sendTo(path, { ...bodyFor(path), [name]: text }));
        }
      }
      for (const name of ['scope', 'client_id', 'client_secret', 'grant_type']) {
        answers.push(await sendTo('/mfa/oauth2/token/', { ...oauth(), [name]: text }));
      }
      answers.push(await sendTo('/mfa/sms/request/', { phone_number: text }));
      answers.push(await sendTo('/mfa/sms/verify/', { mfa_code: text }));
    }
    answers.forEach(expectRefusal);
    expect(answers).toHaveLength(odd.length * 14);
  });

  it('[I-13] hand a name to the directory as it was typed, so that the directory alone decides who it is', async () => {
    const asked: string[] = [];
    const find = booted.users.findByUsername.bind(booted.users);
    booted.users.findByUsername = (name) => {
      asked.push(name);
      return find(name.trim().toLowerCase());
    };
    const variants = [user.toUpperCase(), ` ${user} `, `${user}\u200b`, `\uff42${user}`];
    for (const username of variants) {
      await sendTo('/mfa/authtoken/login/', { ...password(), username });
      await sendTo('/mfa/oauth2/token/', { ...oauth(), username });
    }
    booted.users.findByUsername = find;
    expect(asked).toEqual(variants.flatMap((name) => [name, name]));
  });

  it('[I-13] count wrong codes for the user, by whatever spelling of the name they came', async () => {
    const find = booted.users.findByUsername.bind(booted.users);
    booted.users.findByUsername = (name) => find(name.trim().toLowerCase());
    const mfa_code = await wrongCode(booted, user);
    for (const username of [user, user.toUpperCase(), ` ${user}`, `${user} `, user]) {
      expectRefusal(await sendTo('/mfa/authtoken/login/', { ...password(), username, mfa_code }));
    }
    const again = await sendTo('/mfa/authtoken/login/', { ...password(), username: `${user}  `, mfa_code });
    booted.users.findByUsername = find;
    expect(again.status).toBe(429);
  });
});
