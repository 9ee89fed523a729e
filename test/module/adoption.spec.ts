import type { Type } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { Tracked } from '../applications/documented.js';
import { documentedGraphqlApplication } from '../applications/documented-graphql-app.js';
import { documentedRestApplication } from '../applications/documented-rest-app.js';
import { enrol } from '../applications/enrol.js';
import { start, type StartedApplication } from '../applications/start.js';
import { PLATFORMS } from '../support/boot-app.js';
import type { Client, Sent } from '../support/client.js';
import { Outbox } from '../support/outbox.js';
import { prompted } from '../support/prompted.js';

/** A request to a route of the application's own. */
type Own = [method: string, path: string, sent?: Sent];

interface Documented {
  name: string;
  application: (outbox?: Outbox) => Type;
  /** A token that the application makes itself. */
  token: (client: Client) => Promise<string>;
  requests: (token: string) => Own[];
  /** What they are answered with. */
  statuses: number[];
}

const bearer = (token: string): Sent => ({ token, scheme: 'Bearer' });
const alice = { username: 'alice', password: 'alice-password' };

const APPLICATIONS: Documented[] = [
  {
    name: 'with passport and JWT',
    application: documentedRestApplication,
    token: async (client) => String((await client.post('/auth/login', { form: alice })).body['access_token']),
    requests: (token) => [
      ['POST', '/auth/login', { json: alice }],
      ['POST', '/auth/login', { json: { ...alice, password: 'wrong' } }],
      ['GET', '/auth/profile', bearer(token)],
      ['GET', '/auth/profile', bearer('made up')],
      ['GET', '/auth/profile'],
      ['GET', '/cats'],
      ['GET', '/cats/7', bearer(token)],
      ['GET', '/cats/seven', bearer(token)],
      ['POST', '/cats', { ...bearer(token), json: { name: 'Umi', age: 3 } }],
      ['POST', '/cats', { ...bearer(token), json: { name: 'Umi', age: '3', lives: 9 } }],
      ['POST', '/cats/broken', bearer(token)],
      ['POST', '/cats/teapot', bearer(token)],
      ['GET', '/nothing'],
    ],
    statuses: [200, 401, 200, 401, 401, 200, 404, 400, 201, 400, 500, 418, 404],
  },
  {
    name: 'with GraphQL and a global guard',
    application: documentedGraphqlApplication,
    token: async (client) => String((await client.post('/token')).body['access_token']),
    requests: (token) => [
      ['GET', '/health'],
      ...[
        '{ author(id: 1) { id name posts } }',
        '{ me }',
        '{ missing { id } }',
        '{ broken { id } }',
        '{ nothing }',
      ].map((query): Own => ['POST', '/graphql', { json: { query } }]),
      ['POST', '/graphql', { ...bearer(token), json: { query: '{ me }' } }],
      [
        'POST',
        '/graphql',
        { ...bearer(token), json: { query: 'mutation { create(author: { name: "Eve" }) { id name posts } }' } },
      ],
    ],
    statuses: [200, 200, 200, 200, 200, 400, 200, 200],
  },
];

const CASES = APPLICATIONS.flatMap((documented) => PLATFORMS.map((platform) => ({ ...documented, platform })));

describe.each(CASES)('an application $name on $platform', ({ application, token, requests, statuses, platform }) => {
  let started: StartedApplication;
  afterEach(() => started.close());

  /** What its own routes answer, and what it tells its tracker. */
  async function own(outbox?: Outbox): Promise<{ answers: { status: number }[]; tracked: string[] }> {
    started = await start(application(outbox), { platform });
    const answers = [];
    for (const [method, path, sent] of requests(await token(started.client))) {
      const { status, headers, body } = await started.client.request(method, path, sent);
      const { errors, ...rest } = body as { errors?: { extensions?: { stacktrace?: unknown } }[] };
      for (const error of errors ?? []) delete error.extensions?.stacktrace;
      const told = ['cache-control', 'www-authenticate', 'vary', 'x-content-type-options', 'content-type'];
      answers.push({ request: [method, path], status, headers: told.map((name) => headers.get(name)), errors, rest });
    }
    return { answers, tracked: started.app.get(Tracked, { strict: false }).errors };
  }

  it('answers on its own routes as it did before it adopted the module', async () => {
    const before = await own();
    await started.close();
    expect(before.answers.map(({ status }) => status)).toEqual(statuses);
    expect(before.tracked).toHaveLength(1);
    expect(await own(new Outbox())).toEqual(before);
  });

  it('signs its users in with a second factor, and guards a route with it', async () => {
    const outbox = new Outbox();
    started = await start(application(outbox), { platform });
    const { client } = started;
    expect((await client.post('/payout')).status).toBe(401);
    expect((await client.post('/payout', bearer(await token(client)))).status).toBe(401);
    const first = await enrol(client, outbox, 'alice');
    expect((await client.post('/payout', { token: first })).body).toEqual({ paidTo: 'alice' });
    expect((await client.login('alice')).body).toEqual(prompted('sms'));
    const second = await client.token('alice', { mfa_code: outbox.lastCode() });
    expect((await client.post('/payout', { token: second })).body).toEqual({ paidTo: 'alice' });
    expect((await client.login('bob', { password: 'wrong' })).body).toMatchObject({ code: 'invalid_credentials' });
    // The application's own tracker hears of its own errors, and not of what the module refuses.
    expect(started.app.get(Tracked, { strict: false }).errors).toEqual([]);
  });
});
