import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MfaModuleOptions } from '../../src/index.js';
import { codeAt, importKey, WITH_APPS } from '../support/authenticator.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { denied } from '../support/denied.js';
import { eventLog } from '../support/event-log.js';
import { enrolledByRow, rightCode, rowOf } from '../support/factor-rows.js';
import { addressIn, BEHIND_PROXY, from, sent } from '../support/guesses.js';
import { holdReads } from '../support/hold-reads.js';
import { bootInstances } from '../support/instances.js';
import { LOGIN_NAMES, type LoginRoute, loginRoute } from '../support/logins.js';
import { par } from '../support/par.js';

const BOB = '2';
const [HOME, ELSEWHERE] = [addressIn(1), addressIn(2)];

const { listener, events, count } = eventLog();
const MFA: Partial<MfaModuleOptions> = { ...WITH_APPS, events: listener };

let booted: BootedApp;
let login: LoginRoute;
beforeEach(() => void (events.length = 0));
afterEach(() => booted.close());

/** How each kind of factor is enrolled, and its right code. */
const FACTORS = {
  totp: { enrol: () => importKey(booted, 'bob'), code: () => Promise.resolve(codeAt(booted)) },
  sms: { enrol: () => enrolledByRow(booted, 'bob'), code: () => rightCode(booted, 'bob') },
};
type FactorType = keyof typeof FACTORS;

const CASES = PLATFORMS.flatMap((platform) =>
  LOGIN_NAMES.flatMap((name) => (['totp', 'sms'] as const).map((type) => ({ platform, name, type }))),
);

const enter = (mfa_code: string, address = ELSEWHERE): Promise<Answered> =>
  sent(booted, from(address, login.request('bob', { mfa_code })));

async function begin(type: FactorType, platform = PLATFORMS[0]!, name = LOGIN_NAMES[0] as LoginRoute['name']) {
  booted = await bootApp({ platform, mfa: MFA, ...BEHIND_PROXY });
  login = await loginRoute(booted, name);
  await FACTORS[type].enrol();
}

/** The owner signs in, and somebody has seen the code. */
async function seenCode(type: FactorType): Promise<string> {
  const code = await FACTORS[type].code();
  expect(login.token(await enter(code, HOME))).toBeTypeOf('string');
  return code;
}

const failures = async (): Promise<unknown> => {
  const { codeFailures, knownCodeFailures, codeArrival } = await rowOf(booted, 'bob');
  return { codeFailures, knownCodeFailures, codeArrival };
};

describe.each(CASES)(
  'a $type code that somebody else has seen, over $platform and $name',
  ({ platform, name, type }) => {
    it('[B-37] is answered as a wrong one, costs its owner nothing, and its owner hears of it', async () => {
      await begin(type, platform, name);
      const code = await seenCode(type);
      const before = await failures();
      booted.clock.advance(2);
      const replayed = await denied(booted, () => enter(code));
      expect([count('code_replayed', BOB), count('proof_refused', BOB)]).toEqual([1, 0]);
      expect(await failures()).toEqual(before);
      const wrong = await denied(booted, () => enter(type === 'sms' ? '000000' : codeAt(booted, 5)));
      expect([replayed.status, replayed.text]).toEqual([wrong.status, wrong.text]);
      expect([...replayed.headers.keys()]).toEqual([...wrong.headers.keys()]);
    });
  },
);

describe.each(['totp', 'sms'] as const)('a %s code that comes again', (type) => {
  it('[B-37] is one event however often it comes, and no attempt, until the next code', async () => {
    await begin(type);
    for (const times of [1, 2]) {
      const code = await seenCode(type);
      for (let replay = 0; replay < 20; replay++) {
        booted.clock.advance(1);
        expect((await denied(booted, () => enter(code))).status).toBe(400);
      }
      expect(count('code_replayed', BOB)).toBe(times);
      booted.clock.advance(60);
    }
    expect(await failures()).toMatchObject({ codeFailures: 0, knownCodeFailures: 0 });
  });

  it('[B-37] [B-06] gives no guess: wrong codes between are counted, and lock', async () => {
    await begin(type);
    const code = await seenCode(type);
    const statuses: number[] = [];
    for (let guess = 0; guess < 6; guess++) {
      await denied(booted, () => enter(code));
      statuses.push((await denied(booted, () => enter(String(100_000 + guess)))).status);
    }
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
    expect((await denied(booted, () => enter(code))).status).toBe(429);
  });

  it('[B-37] counts as a guess when its time is over', async () => {
    await begin(type);
    const code = await seenCode(type);
    booted.clock.advance(90);
    await denied(booted, () => enter(code));
    expect([count('code_replayed', BOB), count('proof_refused', BOB)]).toEqual([0, 1]);
    expect(await failures()).toMatchObject({ codeFailures: 1 });
  });
});

describe('a code that comes again', () => {
  it('[B-37] costs an attempt if it was never accepted, but lived beside the one that was', async () => {
    await begin('sms');
    const beside = await rightCode(booted, 'bob', { drift: 1 });
    await seenCode('sms');
    await denied(booted, () => enter(beside));
    expect([count('code_replayed', BOB), count('proof_refused', BOB)]).toEqual([0, 1]);
  });

  it('[B-37] is heard of from the pending login and from step-up too', async () => {
    await begin('totp');
    const code = await seenCode('totp');
    const { mfa_token } = (await login.send('bob')).body;
    const json = { mfa_token, code };
    await denied(booted, () => booted.client.post('/mfa/login/verify/', { json }));
    expect(count('code_replayed', BOB)).toBe(1);
    booted.clock.advance(60);
    const next = codeAt(booted);
    const token = login.token(await enter(next))!;
    await denied(booted, () => booted.client.post('/mfa/step-up/', { token, json: { mfa_code: next } }));
    expect(count('code_replayed', BOB)).toBe(2);
  });

  it('[B-37] is no event for two clicks that arrive together', async () => {
    const instances = await bootInstances(2, { mfa: MFA });
    booted = { ...instances.all[0]!, close: () => instances.close() };
    login = await loginRoute(booted, 'authtoken');
    await importKey(booted, 'bob');
    const request = login.request('bob', { mfa_code: codeAt(booted) });
    holdReads(
      instances.all.map(({ database }) => database),
      10,
    );
    const answers = await par(instances.all, 10, () => request);
    expect(answers.filter((answered) => login.token(answered))).toHaveLength(1);
    expect([count('code_replayed', BOB), count('proof_refused', BOB)]).toEqual([0, 0]);
  });

  it('[B-37] is one event for replays at the same moment, over several instances', async () => {
    const instances = await bootInstances(3, { mfa: MFA });
    booted = { ...instances.all[0]!, close: () => instances.close() };
    login = await loginRoute(booted, 'authtoken');
    await importKey(booted, 'bob');
    const mfa_code = codeAt(booted);
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
    booted.clock.advance(5);
    holdReads(
      instances.all.map(({ database }) => database),
      20,
    );
    const answers = await par(instances.all, 20, () => login.request('bob', { mfa_code }));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 400));
    expect(count('code_replayed', BOB)).toBe(1);
    expect(await failures()).toMatchObject({ codeFailures: 0, knownCodeFailures: 0 });
  });
});
