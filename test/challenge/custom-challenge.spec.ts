import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { SmsChallenge } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { PagerChallenge } from '../support/pager-challenge.js';
import { Pagers, PagersModule } from '../support/pagers.js';
import { TestUsersModule } from '../support/test-users.js';
import { prompted } from '../support/prompted.js';

const mfa = { imports: [TestUsersModule, PagersModule], challenges: [SmsChallenge, PagerChallenge] };

describe("an application's own challenge", () => {
  it('takes at most 40 lines, imports and all', async () => {
    const source = await readFile(new URL('../support/pager-challenge.ts', import.meta.url), 'utf8');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });
});

describe.each(PLATFORMS)("an application's own challenge on %s", (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  const pages = () => booted.app.get(Pagers, { strict: false }).pages;
  const lastCode = () => pages().at(-1)!.code;
  const request = (token: string, pager_id: unknown) =>
    booted.client.put('/mfa/pager/request/', { token, json: { pager_id } });
  const verify = (token: string, mfa_code: string) =>
    booted.client.put('/mfa/pager/verify', { token, json: { mfa_code } });

  async function bootEnrolled(): Promise<string> {
    booted = await bootApp({ platform, mfa });
    const token = await booted.client.token('bob');
    await request(token, 'P0042');
    const { status } = await verify(token, lastCode());
    expect(status).toBe(200);
    booted.clock.advance(600);
    return token;
  }

  it('has routes, and a body that is validated by its own rules', async () => {
    booted = await bootApp({ platform, mfa });
    const token = await booted.client.token('bob');
    for (const pager_id of ['x', 42, null, undefined, ['P0042'], { $ne: 1 }]) {
      const { status, body } = await request(token, pager_id);
      expect([status, body['code']]).toEqual([400, 'invalid_request']);
    }
    const off = { enabled: false, challenge_type: '', phone_number: '' };
    expect((await request(token, 'P0042')).body).toEqual(off);
    expect(pages()).toEqual([{ pager: 'P0042', code: expect.stringMatching(/^[0-9]{6}$/) as string }]);
    const on = { enabled: true, challenge_type: 'pager', phone_number: '' };
    expect((await verify(token, lastCode())).body).toEqual(on);
    expect((await booted.client.get('/mfa/', { token })).body).toEqual(on);
    expect(booted.outbox.count).toBe(0);
  });

  it('has its place in login, under its own mfa_type, and each code works once', async () => {
    await bootEnrolled();
    expect((await booted.client.login('bob')).body).toEqual(prompted('pager'));
    const mfa_code = lastCode();
    const answers = await Promise.all(Array.from({ length: 5 }, () => booted.client.login('bob', { mfa_code })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await booted.client.login('bob', { mfa_code })).body['code']).toBe('invalid_mfa_code');
  });

  it('opens a route behind @RequireMfa(), and proves it again by step-up', async () => {
    await bootEnrolled();
    await booted.client.login('bob');
    const token = await booted.client.token('bob', { mfa_code: lastCode() });
    expect((await booted.client.get('/app/vault', { token })).status).toBe(200);
    booted.clock.advance(301);
    expect((await booted.client.get('/app/vault', { token })).status).toBe(401);
    await booted.client.post('/mfa/step-up/', { token, json: {} });
    await booted.client.post('/mfa/step-up/', { token, json: { mfa_code: lastCode() } });
    expect((await booted.client.get('/app/vault', { token })).status).toBe(200);
  });

  it('is under the limits of guesses and of messages', async () => {
    await bootEnrolled();
    const before = pages().length;
    for (let tries = 0; tries < 20; tries++) await booted.client.login('bob');
    expect(pages().length - before).toBe(1);
    for (let tries = 0; tries < 5; tries++) await booted.client.login('bob', { mfa_code: wrongFor(lastCode()) });
    const locked = await booted.client.login('bob', { mfa_code: lastCode() });
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, '30']);
  });

  it('is sealed in the row, and a code of one pager confirms no other', async () => {
    booted = await bootApp({ platform, mfa });
    const token = await booted.client.token('bob');
    await request(token, 'P0042');
    const first = lastCode();
    await request(token, 'P0043');
    expect((await verify(token, first)).status).toBe(400);
    const rows = JSON.stringify(await booted.database.query('SELECT * FROM mfa_multi_factor_auth'));
    expect(rows).not.toMatch(/secret|spent/);
  });
});

function wrongFor(code: string): string {
  return code.replace(/^./, (digit) => String((Number(digit) + 5) % 10));
}
