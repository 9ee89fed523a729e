import type { INestApplication } from '@nestjs/common';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { openSession } from '../support/own-mfa.js';
import { type AnyAnswer, WireClient } from '../support/wire-client.js';
import { prompted } from '../support/prompted.js';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const OTHER_TYPES = [
  'text/plain',
  'application/xml',
  'text/xml; charset=utf-8',
  'multipart/form-data; boundary=b',
  'multipart/form-data',
  'application/octet-stream',
  'application/vnd.api+json',
  'hunter2',
  ';;;',
];
const MISENCODED = [`${JSON_TYPE}; charset=latin1`, `${JSON_TYPE}; charset=utf-16le`, `${FORM_TYPE}; charset=hunter2`];
const JSON_TYPES = [JSON_TYPE, 'application/json; charset="UTF-8"'];
const TYPES = [...JSON_TYPES, FORM_TYPE, ...MISENCODED, ...OTHER_TYPES];

const ALICE = { username: 'alice', password: 'alice-password' };
const LOGIN = JSON.stringify(ALICE);
const MALFORMED = { message: 'The request body could not be read.', code: 'malformed_body' };
/** The routes that read a body. */
const READING = [
  'POST /mfa/authtoken/login/',
  'PUT /mfa/authtoken/login/',
  'POST /mfa/oauth2/token/',
  'POST /mfa/oauth2/revoke_token/',
  'POST /mfa/step-up/',
  'PUT /mfa/sms/request/',
  'PUT /mfa/sms/verify/',
];

interface Body {
  token?: string;
  type?: string;
  coding?: string;
  chunked?: boolean;
  body?: string | Buffer;
}

const opened: BootedApp[] = [];
const wires: WireClient[] = [];
afterEach(async () => {
  for (const wire of wires.splice(0)) wire.close();
  for (const booted of opened.splice(0)) await booted.close();
});

/** An application, bob's session in it, and a way to send it any body. */
async function boot(platform: 'express' | 'fastify', setUp?: (app: INestApplication) => void) {
  const booted = await bootApp({ platform, setUp });
  const wire = new WireClient(booted.client.origin);
  opened.push(booted);
  wires.push(wire);
  await enrolledByRow(booted, 'bob');
  const bob = await openSession(booted, 'bob');
  const send = (route: string, { token = bob, type, coding, chunked, body = '' }: Body): Promise<AnyAnswer> => {
    const [method, path] = route.split(' ') as [string, string];
    const headers = {
      authorization: `Token ${token}`,
      ...(type !== undefined && { 'content-type': type }),
      ...(coding !== undefined && { 'content-encoding': coding }),
      ...(chunked && { 'transfer-encoding': 'chunked' }),
    };
    return wire.send({ method, path, headers, body: Buffer.from(body) });
  };
  return { booted, send };
}

const BODIES = ['', 'null', ' null\n', '{}', '{"broken', '<a/>', '5'];

describe.each(PLATFORMS)('a route that needs no body on %s', (platform) => {
  it.each(['POST /mfa/logout/', 'POST /mfa/logout'])(
    '[D-02] ends the session with none, null, and any announced type: %s',
    async (route) => {
      const { booted, send } = await boot(platform);
      for (const type of TYPES) {
        for (const body of [...BODIES, 'x'.repeat(1_200_000)]) {
          const token = await openSession(booted, 'bob');
          const { status, text } = await send(route, { token, type, body });
          const after = await booted.client.get('/mfa/', { token });
          expect([type, body.slice(0, 9), status, text, after.status]).toEqual([type, body.slice(0, 9), 204, '', 401]);
        }
      }
    },
  );

  it('[D-02] turns MFA off, and tells the status, with any body', async () => {
    const { booted, send } = await boot(platform);
    const token = await openSession(booted, 'bob');
    for (const type of TYPES) {
      for (const body of BODIES) {
        const told = await send('GET /mfa/', { token, type, body });
        expect([type, body, told.status]).toEqual([type, body, 200]);
        const options = await send('OPTIONS /mfa/', { token, type, body });
        expect([type, body, options.status]).toEqual([type, body, 204]);
        // The contract answers a user without MFA so, and JSON that does not parse, which Deux reads here.
        const off = await send('DELETE /mfa/', { token: await booted.client.token('alice'), type, body });
        const isMalformed = JSON_TYPES.includes(type) && ['{"broken', '<a/>', '5'].includes(body);
        const code = isMalformed ? 'malformed_body' : 'mfa_disabled';
        expect([type, body, JSON.parse(off.text)]).toMatchObject([type, body, { code }]);
      }
    }
    expect((await send('DELETE /mfa/', { token, type: JSON_TYPE })).status).toBe(204);
    expect((await booted.client.get('/mfa/', { token })).body).toMatchObject({ enabled: false });
  });

  it('[D-02] makes one backup code, and refuses a method, with any body', async () => {
    const { send } = await boot(platform);
    const first = await send('GET /mfa/recovery/', { type: JSON_TYPE, body: '{"broken' });
    expect([first.status, Object.keys(JSON.parse(first.text) as object)]).toEqual([200, ['backup_code']]);
    for (const type of TYPES) {
      for (const body of BODIES) {
        for (const route of ['PATCH /mfa/', 'POST /mfa/', 'DELETE /mfa/sms/verify/', 'DELETE /mfa/oauth2/token/']) {
          expect([route, type, body, (await send(route, { type, body })).status]).toEqual([route, type, body, 405]);
        }
      }
    }
  });

  it('[D-02] asks for a step-up with none, null, an empty one, and any announced type', async () => {
    const { booted, send } = await boot(platform);
    const challenged = prompted('sms');
    const bodies: Body[] = [
      ...TYPES.map((type) => ({ type })),
      {},
      { type: JSON_TYPE, chunked: true },
      { type: JSON_TYPE, body: 'null' },
      { type: JSON_TYPE, body: '\r\n null ', chunked: true },
      { type: JSON_TYPE, body: '{}' },
      { type: FORM_TYPE, body: '', chunked: true },
    ];
    for (const body of bodies) {
      const token = await openSession(booted, 'bob');
      const { status, text } = await send('POST /mfa/step-up/', { ...body, token });
      expect([body, status, JSON.parse(text)]).toEqual([body, 200, challenged]);
      booted.clock.advance(24 * 3600);
    }
  });
});

const CODED: [string, number, Body][] = [
  ['gzip', 200, { coding: 'gzip', body: gzipSync(LOGIN) }],
  ['gzip in capitals and parts', 200, { coding: 'GZIP', body: gzipSync(LOGIN), chunked: true }],
  ['deflate', 200, { coding: 'deflate', body: deflateSync(LOGIN) }],
  ['brotli', 200, { coding: 'br', body: brotliCompressSync(LOGIN) }],
  ['identity', 200, { coding: 'identity', body: LOGIN }],
  ['gzip that is none', 400, { coding: 'gzip', body: LOGIN }],
  ['gzip that ends early', 400, { coding: 'gzip', body: gzipSync(LOGIN).subarray(0, 20) }],
  ['gzip of nothing at all', 400, { coding: 'gzip', chunked: true }],
  ['deflate that is none', 400, { coding: 'deflate', body: LOGIN }],
  ['brotli that is none', 400, { coding: 'br', body: LOGIN }],
  ['gzip of what is no JSON', 400, { coding: 'gzip', body: gzipSync('{"password":"hunter2') }],
  ['gzip that grows to three megabytes', 413, { coding: 'gzip', body: gzipSync(`"${'x'.repeat(3_000_000)}"`) }],
  ['a coding that nobody knows', 415, { coding: 'hunter2', body: LOGIN }],
  ['two codings', 415, { coding: 'gzip, gzip', body: gzipSync(gzipSync(LOGIN)) }],
  ['a coding that is a property of objects', 415, { coding: 'constructor', body: LOGIN }],
];

describe.each(PLATFORMS)('a body on %s', (platform) => {
  it.each(CODED)('[D-06] is read, or refused in one fixed text: %s', async (_, expected, body) => {
    const { booted, send } = await boot(platform);
    booted.log.length = 0;
    const { status, text } = await send('POST /mfa/authtoken/login/', { type: JSON_TYPE, ...body });
    expect(status).toBe(expected);
    expect(JSON.parse(text)).toMatchObject(expected === 200 ? {} : { statusCode: expected, ...MALFORMED });
    expect(booted.log.filter((line) => /error/i.test(line))).toEqual([]);
    expect((await booted.client.login('alice')).status).toBe(200);
  });

  it('[D-06] of another type than JSON and forms, or in another charset than UTF-8, is refused with 415', async () => {
    const { send } = await boot(platform);
    for (const route of READING) {
      for (const type of [undefined, ...OTHER_TYPES, ...MISENCODED]) {
        for (const body of [LOGIN, new URLSearchParams(ALICE).toString(), 'null', '{"broken']) {
          const { status, text } = await send(route, { type, body });
          const said = route.includes('oauth2')
            ? { error: 'invalid_request', error_description: MALFORMED.message }
            : { statusCode: 415, error: 'Unsupported Media Type', ...MALFORMED };
          expect([route, type, body, status, JSON.parse(text)]).toEqual([route, type, body, 415, said]);
        }
      }
    }
  });
});

it('[D-06] a body gets the same answer on Express and Fastify, at each route', async () => {
  const [express, fastify] = [await boot('express'), await boot('fastify')];
  const bodies: Body[] = [undefined, JSON_TYPE, FORM_TYPE, ...MISENCODED, 'text/plain'].flatMap((type) =>
    ['', 'null', '{}', '[]', '[1]', '"x"', '5', 'true', '{"a', 'a=1', '\ufeff{}'].flatMap((body) => [
      { type, body },
      { type, body, chunked: true },
    ]),
  );
  bodies.push(...CODED.slice(5).map(([, , body]) => ({ type: JSON_TYPE, ...body })));
  for (const route of [...READING, 'DELETE /mfa/oauth2/token/']) {
    for (const body of bodies) {
      for (const { booted } of [express, fastify]) booted.clock.advance(3 * 3600);
      const token = 'unknown';
      const answers = [await express.send(route, { ...body, token }), await fastify.send(route, { ...body, token })];
      expect([route, body, answers[0]]).toEqual([route, body, answers[1]]);
    }
  }
});
