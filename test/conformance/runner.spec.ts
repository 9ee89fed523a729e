import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences } from './judge.js';
import { play } from './play.js';
import type { Expectation, Setup, Step } from './scenario.js';
import { Stage } from './stage.js';
import { fillForm, fillJson, fillText } from './symbols.js';

const meaning = () => Promise.resolve('012345');

describe('a symbol', () => {
  it.each([
    ['<code:now>', '"012345"'],
    ['<code:now|arabic>', '"٠١٢٣٤٥"'],
    ['<code:now|fullwidth>', '"０１２３４５"'],
    ['<code:now|plus>', '"+012345"'],
    ['<code:now|minus>', '"-012345"'],
    ['<code:now|underscore>', '"012_345"'],
    ['<code:now|zeros>', '"0000012345"'],
    ['<code:now|strip0>', '"12345"'],
    ['<code:now|dot0>', '"012345.0"'],
    ['<code:now|int>', '12345'],
    ['<code:now|float>', '12345.0'],
    ['<code:now|list>', '["012345"]'],
    ['<backup|short>', '"01234"'],
    ['<3 times the digit 1>', '"111"'],
    ['is <code:now|int>', '"is 12345"'],
  ])('%s in JSON is %s', async (symbol, json) => {
    expect(await fillJson({ mfa_code: symbol }, meaning)).toBe(`{"mfa_code":${json}}`);
  });

  it('stands in raw texts and headers, more than once', async () => {
    expect(await fillText('{"a": "<code:-1>", "b": "<3 times the digit 7>"', meaning)).toBe(
      '{"a": "012345", "b": "777"',
    );
  });

  it('stands in a form, where a list is a field sent more than once', async () => {
    const fields = { a: '<code:now|list>', b: '<code:now|plus>', c: ['x', 'y'], d: null, e: 5 };
    expect(await fillForm(fields, meaning)).toBe('a=012345&b=%2B012345&c=x&c=y&d=&e=5');
  });

  it('is told of if its spelling is unknown', async () => {
    await expect(fillText('<code:now|roman>', meaning)).rejects.toThrow('"roman"');
  });
});

describe('a difference is found in', () => {
  const body = { token: 't', enabled: true, message: ['One.', 'Two words.'], error: 'invalid_grant' };
  const answer = { status: 200, body, text: JSON.stringify(body) };
  const found = (expectation: Expectation, sms_sent?: number) =>
    differences({ expect: expectation, sms_sent } as Step, { answer, messages: 1 });

  it.each<[string, Expectation, Expectation]>([
    ['the status', { status: [204, 200] }, { status: [201] }],
    ['a value', { body: { enabled: true } }, { body: { enabled: 'true' } }],
    ['a key', { keys: ['token'] }, { keys: ['refresh_token'] }],
    ['an absent key', { absent: ['refresh_token'] }, { absent: ['token'] }],
    ['the message', { message: 'Two words.' }, { message: 'Three words.' }],
    ['the error', { error: 'invalid_grant' }, { error: 'invalid_scope' }],
  ])('%s', (_, right, wrong) => {
    expect(found(right)).toEqual([]);
    expect(found(wrong)).toHaveLength(1);
  });

  it('the count of messages', () => {
    expect(found({}, 1)).toEqual([]);
    expect(found({}, 0)).toEqual(['expected 0 messages, came 1']);
  });
});

describe('a scenario', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.booted.close());

  const login = (more: object, status: number, user = 'bob'): Step => ({
    request: {
      method: 'POST',
      path: '/mfa/authtoken/login/',
      headers: { 'Content-Type': 'application/json' },
      encoding: 'json',
      body: { username: user, password: `${user}-password`, ...more },
    },
    expect: { status: [status] },
  });
  const status = (authorization: string, expected: number): Step => ({
    request: { method: 'GET', path: '/mfa/', headers: { Authorization: authorization }, encoding: null, body: null },
    expect: { status: [expected] },
  });
  const played = (setup: Setup | null, ...steps: Step[]) => play(stage, { id: 'own', given: '', setup, steps });

  it('means the same code by the same symbol until another message comes', async () => {
    const code = { mfa_code: '<code:now>' };
    expect(await played(null, login(code, 200), login(code, 400), login({}, 200), login(code, 200))).toEqual([]);
  });

  it('has codes of every window and user', async () => {
    expect(await played(null, login({ mfa_code: '<code:+2>' }, 400), login({ mfa_code: '<code:+1>' }, 200))).toEqual(
      [],
    );
    expect(await played(null, login({ mfa_code: '<code:dave:-1>' }, 200, 'dave'))).toEqual([]);
  });

  it('has a backup code that was replaced and the one in its place', async () => {
    expect(
      await played(null, login({ backup_code: '<backup:old>' }, 400), login({ backup_code: '<backup>' }, 200)),
    ).toEqual([]);
  });

  it('has live and expired tokens of users and clients', async () => {
    const setup = { oauth: [{ user: 'bob', expires_in: -1 }, { user: 'bob' }, { client: 'oracle-cc' }] };
    const steps = [
      status('Bearer <access:1>', 401),
      status('Bearer <access:2>', 200),
      status('Bearer <access:3>', 403),
    ];
    expect(await played(setup, ...steps, status('Token \u0661', 401))).toEqual([]);
  });

  it('starts where the users are as they were', async () => {
    await played(null, login({ backup_code: '<backup>' }, 200));
    expect(await played(null, { ...login({}, 200), sms_sent: 1 })).toEqual([]);
  });

  it('differs if it cannot be played', async () => {
    const [line] = await played(null, status('Bearer <access:1>', 200));
    expect(line).toBe('step 1: could not be played: Error: there is no access token 1');
  });
});
