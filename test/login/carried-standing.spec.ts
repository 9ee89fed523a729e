import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, secondsAfter } from '../../src/core/clock.js';
import { behindProxy, from } from '../support/newcomers.js';
import { rawRows } from '../support/own-mfa.js';
import { PendingLoginStage } from '../support/pending-login.js';

const [HOME, ELSEWHERE] = [1, 2];

describe('a pending login remembers whether it began in a known network', () => {
  let stage: PendingLoginStage;
  beforeEach(async () => {
    stage = await PendingLoginStage.boot({ setUp: behindProxy });
    const known = await verify(HOME, await tokenFrom(HOME), stage.apps.bob.code());
    if (known.status !== 200) throw new Error(known.text);
    stage.booted.clock.advance(60);
  });
  afterEach(() => stage.booted.close());

  const tokenFrom = async (network: number): Promise<string> => {
    const json = { username: 'bob', password: 'bob-password' };
    const { body } = await stage.booted.client.post('/mfa/authtoken/login/', { json, headers: from(network) });
    return String(body['mfa_token']);
  };
  const verify = (network: number, mfa_token: string, code: string) =>
    stage.booted.client.post('/mfa/login/verify/', { json: { mfa_token, code }, headers: from(network) });

  it('[B-29] and is no help elsewhere: who takes its token there stands behind the lock', async () => {
    const [begunAtHome, begunElsewhere] = [await tokenFrom(HOME), await tokenFrom(ELSEWHERE)];
    for (let guess = 0; guess < 5; guess++) {
      expect((await verify(ELSEWHERE, begunElsewhere, `00000${guess}`)).status).toBeGreaterThanOrEqual(400);
      stage.booted.clock.advance(1);
    }
    const code = stage.apps.bob.code();
    expect((await verify(ELSEWHERE, begunAtHome, code)).status).toBe(429);
    expect((await verify(HOME, begunAtHome, code)).status).toBe(200);
  });

  it('[B-29] and is no harm at home, where it goes on from elsewhere', async () => {
    const begunElsewhere = await tokenFrom(ELSEWHERE);
    for (let guess = 0; guess < 5; guess++) {
      await verify(ELSEWHERE, begunElsewhere, `00000${guess}`);
      stage.booted.clock.advance(1);
    }
    expect((await verify(HOME, begunElsewhere, stage.apps.bob.code())).status).toBe(200);
  });

  it('[L-07] and its token has the same length for a known network and an unknown one', async () => {
    expect((await tokenFrom(HOME)).length).toBe((await tokenFrom(ELSEWHERE)).length);
  });

  it('[B-19] and makes the network known where it ends, not where it began', async () => {
    const later = secondsAfter(stage.booted.clock.now(), 80 * DAY).getTime();
    const known = async () =>
      (await rawRows(stage.booted, 'mfa_rate_limit')).filter((row) => Number(row['expires_at']) > later).length;
    const before = await known();
    expect((await verify(ELSEWHERE, await tokenFrom(HOME), stage.apps.bob.code())).status).toBe(200);
    expect(await known()).toBe(before + 1);
    stage.booted.clock.advance(60);
    expect((await verify(ELSEWHERE, await tokenFrom(ELSEWHERE), stage.apps.bob.code())).status).toBe(200);
    expect(await known()).toBe(before + 1);
  });
});
