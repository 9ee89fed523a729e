import {
  type CanActivate,
  HttpException,
  type INestApplication,
  InternalServerErrorException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MfaError } from '../../../src/index.js';
import { bootApp, type BootedApp, type BootOptions, PLATFORMS } from '../../support/boot-app.js';
import type { Answered } from '../../support/client.js';
import { enrolledByRow, wrongCode } from '../../support/factor-rows.js';
import { oauthClient, type OAuthCaller } from '../../support/oauth.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const SPELLINGS = ['/mfa/oauth2/token/', '/mfa/oauth2/token', '/mfa/%6fauth2/token/', '/mfa/oauth2/token/?x=/mfa/'];

describe.each(PLATFORMS)('every answer of the token route on %s', (platform) => {
  let booted: BootedApp;
  let caller: OAuthCaller;
  const boot = async (options: BootOptions = {}) => {
    booted = await bootApp({ platform, ...options });
    caller = await oauthClient(booted);
  };
  afterEach(() => booted.close());

  it.each<[string, string, Record<string, string>, number]>([
    ['JSON that does not parse', '{"password":"hunter2"', JSON_TYPE, 400],
    ['no JSON', 'grant_type=password', JSON_TYPE, 400],
    ['two megabytes', `{"a":"${'x'.repeat(2_000_000)}"}`, JSON_TYPE, 413],
    ['an unknown coding', '{}', { ...JSON_TYPE, 'content-encoding': 'x' }, 415],
  ])('[D-03] has the form of RFC 6749 §5.2 for a body that is %s', async (_, raw, headers, status) => {
    await boot();
    for (const path of SPELLINGS) {
      const answered = await booted.client.post(path, { raw, headers });
      // Fastify does not look at the coding, and so finds no JSON.
      const found = platform === 'fastify' && status === 415 ? answered.status : status;
      expect(told(answered)).toEqual(
        oauthError([found, answered.body['error'] === 'invalid_client' ? 'invalid_client' : 'invalid_request']),
      );
    }
  });

  it('[D-03] has it for types that are not read', async () => {
    await boot();
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'x/y', '']) {
      const answered = await booted.client.post(SPELLINGS[0]!, { raw: '<a/>', headers: { 'content-type': type } });
      expect([400, 401, 415]).toContain(answered.status);
      const error = answered.status === 401 ? 'invalid_client' : 'invalid_request';
      expect(told(answered)).toEqual(oauthError([answered.status, error]));
    }
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('[D-03] has it for %s, with Allow (RFC 9110 §15.5.6)', async (method) => {
    await boot();
    // Express knows no route under an encoded letter.
    for (const path of SPELLINGS.filter((one) => platform === 'fastify' || !one.includes('%'))) {
      const answered = await booted.client.request(method, path, { headers: { authorization: caller.basic } });
      expect(told(answered)).toEqual(oauthError([405, 'invalid_request']));
      expect(answered.headers.get('allow')).toBe('POST');
    }
  });

  it('[D-03] has it for a failure of the database', async () => {
    await boot();
    await booted.database.query('DROP TABLE mfa_oauth_client');
    expect(told(await caller.password('alice'))).toEqual(oauthError([500, 'server_error']));
  });

  it('[D-03] is temporarily_unavailable in an outage, with Retry-After', async () => {
    await boot();
    const down = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    vi.spyOn(booted.users, 'findByUsername').mockRejectedValue(down);
    const answered = await caller.password('alice');
    expect(told(answered)).toEqual(oauthError([503, 'temporarily_unavailable']));
    expect(answered.headers.get('retry-after')).toBe('5');
  });

  it('[D-03] is temporarily_unavailable for too many passwords and codes: the grant is as good as before', async () => {
    await boot();
    await enrolledByRow(booted, 'bob');
    const mfa_code = await wrongCode(booted, 'bob');
    for (let guess = 0; guess < 5; guess++) await caller.password('bob', { mfa_code });
    for (let guess = 0; guess < 10; guess++) await caller.password('alice', { password: 'wrong' });
    for (const answered of [await caller.password('bob', { mfa_code }), await caller.password('alice')]) {
      expect(told(answered)).toEqual(oauthError([429, 'temporarily_unavailable']));
      expect(Number(answered.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('[D-03] is still invalid_grant and invalid_request for what is wrong with the grant or the request', async () => {
    await boot();
    await enrolledByRow(booted, 'bob');
    const mfa_code = await wrongCode(booted, 'bob');
    expect(told(await caller.password('alice', { password: 'wrong' }))).toEqual(oauthError([400, 'invalid_grant']));
    expect(told(await caller.password('bob', { mfa_code }))).toEqual(oauthError([400, 'invalid_grant']));
    expect(told(await caller.password('bob', { mfa_code, backup_code: 'x' }))).toEqual(
      oauthError([400, 'invalid_request']),
    );
  });

  it.each<[HttpException, [number, string]]>([
    [new HttpException('Slow down', 429), [429, 'temporarily_unavailable']],
    [new ServiceUnavailableException(), [503, 'temporarily_unavailable']],
    [new InternalServerErrorException(), [500, 'server_error']],
    [new HttpException('No', 403), [403, 'invalid_request']],
    [new MfaError('locked', { retryAfterSeconds: 3 }), [429, 'temporarily_unavailable']],
    [new MfaError('user_required'), [403, 'invalid_request']],
  ])("[D-03] has it for a refusal of the application's own guard: %s", async (refusal, expected) => {
    const guard: CanActivate = {
      canActivate: () => {
        throw refusal;
      },
    };
    await boot({ setUp: (app: INestApplication) => void app.useGlobalGuards(guard) });
    expect(told(await caller.password('alice'))).toEqual(oauthError(expected));
  });

  it('[D-03] stays as Nest has it on the other routes', async () => {
    await boot();
    for (const path of ['/mfa/authtoken/login/', '/mfa/step-up/', '/mfa/oauth2x/']) {
      const { body } = await booted.client.post(path, { raw: '{', headers: JSON_TYPE });
      expect(body['statusCode']).toBeDefined();
    }
  });
});

/** What an answer says, in whatever form. */
function told({ status, body, headers }: Answered): object {
  const { error, error_description, ...more } = body;
  const isDescribed = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/.test(String(error_description));
  const isJson = headers.get('content-type')?.startsWith('application/json');
  return { status, error, more, isDescribed, isJson, cache: [headers.get('cache-control'), headers.get('pragma')] };
}

/** The same of an error as RFC 6749 §5.2 has it. */
function oauthError([status, error]: [number, string]): object {
  return { status, error, more: {}, isDescribed: true, isJson: true, cache: ['no-store', 'no-cache'] };
}
