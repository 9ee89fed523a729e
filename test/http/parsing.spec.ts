import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { cheapest } from '../support/cpu-time.js';
import { expectRefusal } from '../support/denied.js';
import { enrolledByRow, rowOf } from '../support/factor-rows.js';
import { loginRoute } from '../support/logins.js';
import { prompted } from '../support/prompted.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const PATHS = ['/mfa/authtoken/login/', '/mfa/oauth2/token/', '/mfa/sms/request/', '/mfa/sms/verify/', '/mfa/step-up/'];

describe.each(PLATFORMS)('reading bodies on %s', (platform) => {
  let booted: BootedApp;
  let token: string;

  beforeAll(async () => {
    booted = await bootApp({ platform });
    await enrolledByRow(booted, 'bob');
    token = await booted.client.token('alice');
  });
  afterAll(() => booted.close());

  const send = (path: string, raw: string, headers: Record<string, string> = JSON_TYPE): Promise<Answered> =>
    booted.client.request(path.includes('/sms/') ? 'PUT' : 'POST', path, { token, raw, headers });

  const deep: [string, string][] = [
    ['arrays', `{"username":${'['.repeat(49_000)}${']'.repeat(49_000)}}`],
    ['objects', `{"username":${'{"a":'.repeat(14_000)}1${'}'.repeat(14_000)}}`],
    ['arrays without a field', `${'['.repeat(49_000)}${']'.repeat(49_000)}`],
    [
      'objects in the code',
      `{"username":"bob","password":"x","mfa_code":${'{"a":'.repeat(14_000)}1${'}'.repeat(14_000)}}`,
    ],
    ['a wide array', `{"username":[${'[],'.repeat(30_000)}0]}`],
    ['many fields', `{${Array.from({ length: 8000 }, (_, n) => `"f${n}":1`).join()}}`],
  ];
  it.each(deep)('[I-07] refuses 98 kB of %s in 200 ms of CPU time', async (_, raw) => {
    for (const path of PATHS) {
      const [answered, took] = await cheapest(200, () => send(path, raw));
      expectRefusal(answered);
      expect(took).toBeLessThan(200);
    }
  });

  it('[I-07] refuses a form that nests deep, or has a thousand fields, in 200 ms of CPU time', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const raw of [`username${'[a]'.repeat(20_000)}=1`, 'username=1&'.repeat(8000), 'username[]=1&'.repeat(5000)]) {
      const [answered, took] = await cheapest(200, () => send('/mfa/authtoken/login/', raw, type));
      expectRefusal(answered);
      expect(took).toBeLessThan(200);
    }
  });

  const flood = 50_000;
  const floods: [string, string][] = [
    ['zeros', '0'.repeat(flood)],
    ['addresses', 'a@'.repeat(20_000)],
    ['quotes', '"'.repeat(flood / 2)],
    ['blanks', ' '.repeat(flood)],
    ['blanks and a letter', `${' '.repeat(flood)}x`],
    ['letters before a NUL', `${'a'.repeat(flood)}\0`],
    ['NULs', '\0'.repeat(8000)],
    ['dashes', '-'.repeat(flood)],
    ['line ends', '\n'.repeat(flood / 2)],
    ['dots', '.'.repeat(flood)],
  ];
  it.each(floods)('[I-12] judges 50 000 %s in 100 ms of CPU time in every field', async (_, text) => {
    const fields = ['username', 'password', 'mfa_code', 'backup_code', 'phone_number', 'scope', 'refresh_token'];
    const oauth2 = await loginRoute(booted, 'oauth2');
    const { headers, form } = oauth2.request('bob');
    for (const path of PATHS) {
      for (const field of fields) {
        const base = { username: 'bob', password: 'bad', phone_number: '1', ...(path.includes('oauth2') && form) };
        const json = { ...base, [field]: text };
        const oauth = path.includes('oauth2') ? headers : undefined;
        const [answered, took] = await cheapest(100, () =>
          send(path, JSON.stringify(json), { ...JSON_TYPE, ...oauth }),
        );
        expect([path, field, answered.status < 500, took < 100]).toEqual([path, field, true, true]);
      }
    }
  });

  it('[I-12] judges long headers in 100 ms of CPU time', async () => {
    const long = ['x'.repeat(8000), 'Token '.repeat(1000), `Basic ${'='.repeat(8000)}`, `Basic ${'Og'.repeat(4000)}`];
    for (const authorization of long) {
      for (const path of PATHS) {
        const [answered, took] = await cheapest(100, () => send(path, '{}', { ...JSON_TYPE, authorization }));
        expectRefusal(answered);
        expect(took).toBeLessThan(100);
      }
    }
  });

  const malformed: [string, string, Record<string, string>][] = [
    ['JSON that ends too early', '{"username":"bob","password":"hunter2"', JSON_TYPE],
    ['a form that says it is JSON', 'username=bob&password=hunter2', JSON_TYPE],
    ['JSON after JSON', '{"a":1}{"password":"hunter2"}', JSON_TYPE],
    ['a bare text', '"hunter2"', JSON_TYPE],
    ['JSON with a prototype', '{"__proto__":{"password":"hunter2"}}', JSON_TYPE],
    ['JSON in an unknown charset', '{"password":"hunter2"}', { 'content-type': 'application/json; charset=hunter2' }],
    ['JSON that says it is compressed', '{"password":"hunter2"}', { ...JSON_TYPE, 'content-encoding': 'gzip' }],
    ['JSON in an unknown coding', '{"password":"hunter2"}', { ...JSON_TYPE, 'content-encoding': 'hunter2' }],
    ['a form with a broken escape', 'password=hunter2%zz', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', 'password=hunter2', { 'content-type': 'text/plain' }],
    ['XML', '<password>hunter2</password>', { 'content-type': 'application/xml' }],
    ['no type', 'password=hunter2', { 'content-type': '' }],
    ['an odd type', 'password=hunter2', { 'content-type': ';;;hunter2' }],
    ['parts', '--b\r\n\r\npassword=hunter2\r\n--b--', { 'content-type': 'multipart/form-data; boundary=b' }],
    ['two megabytes', `{"password":"hunter2${'x'.repeat(2_000_000)}"}`, JSON_TYPE],
  ];
  it.each(malformed)('[I-10] neither echoes nor logs what it cannot read: %s', async (_, raw, headers) => {
    booted.log.length = 0;
    const texts = new Set<string>();
    for (const path of PATHS) {
      const answered = await send(path, raw, headers);
      expectRefusal(answered);
      expect(`${answered.text} ${JSON.stringify([...answered.headers])}`).not.toMatch(/hunter2|password=h|bob/);
      texts.add(answered.text);
    }
    expect(booted.log.filter((line) => /hunter2|password=h/.test(line))).toEqual([]);
  });

  it('[I-10] answers what does not parse with one fixed text', async () => {
    const answers = await Promise.all(
      ['{"password":"hunter2"', 'password=hunter2', '{]', '\u0000', '{"a":\n}'].map((raw) =>
        send('/mfa/authtoken/login/', raw),
      ),
    );
    expect(new Set(answers.map(({ text }) => text))).toEqual(
      new Set([
        JSON.stringify({
          statusCode: 400,
          error: 'Bad Request',
          message: 'The request body could not be read.',
          code: 'malformed_body',
        }),
      ]),
    );
  });

  it('[I-07] [I-12] is alive after all this, and nobody was locked', async () => {
    // The wrong passwords among it have slowed down this network.
    booted.clock.advance(60);
    expect((await booted.client.login('bob')).body).toEqual(prompted('sms'));
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0, knownCodeFailures: 0 });
    expect(await booted.client.token('alice')).toHaveLength(43);
  });
});
