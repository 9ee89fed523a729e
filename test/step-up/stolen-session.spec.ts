import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { eventLog } from '../support/event-log.js';
import { enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { bootInstancesOn, type Instances } from '../support/instances.js';
import { openSession } from '../support/own-mfa.js';
import { par } from '../support/par.js';

await describeOnEach('a stolen session of fifty minutes', DATABASE_KINDS, (kind) => {
  const log = eventLog();
  let instances: Instances;
  let booted: BootedApp;
  let token: string;
  beforeEach(async () => {
    log.events.length = 0;
    instances = await bootInstancesOn(kind, 2, { mfa: { events: log.listener } });
    [booted] = instances.all as [BootedApp];
    await enrolledByRow(booted, 'bob');
    token = await openSession(booted, 'bob');
    booted.clock.advance(50 * 60);
  });
  afterEach(() => instances.close());

  const stepUp = async (mfa_code: string) =>
    (await booted.client.post('/mfa/step-up/', { token, json: { mfa_code } })).status;
  const rightForStepUp = () => rightCode(booted, 'bob', { purpose: 'step-up' });

  it('[B-34] ends with the fifth wrong code, and costs its owner no more than those', async () => {
    const own = await openSession(booted, 'bob');
    for (let guess = 0; guess < 5; guess++) expect(await stepUp(await wrongCode(booted, 'bob', guess * 10))).toBe(400);
    expect(await stepUp(await rightForStepUp())).toBe(401);
    expect((await booted.client.get('/app/me', { token })).status).toBe(401);
    const ended = log.events.filter(({ type }) => type === 'step_up_guessed');
    expect(ended).toEqual([expect.objectContaining({ userId: '2', challengeType: 'sms', network: 'v4:7f0000' })]);

    expect((await booted.client.get('/app/me', { token: own })).status).toBe(200);
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0, knownCodeFailures: 0 });
    const mfa_code = await rightCode(booted, 'bob');
    expect((await booted.client.login('bob', { mfa_code })).body['token']).toBeTypeOf('string');
  });

  it('[B-34] is told five outcomes, however many codes come at the same moment', async () => {
    const codes: string[] = [];
    for (let guess = 0; guess < 30; guess++) codes.push(await wrongCode(booted, 'bob', guess * 10));
    const headers = { authorization: `Token ${token}` };
    const answers = await par(instances.all, codes.length, (index) => ({
      path: '/mfa/step-up/',
      headers,
      json: { mfa_code: codes[index]! },
    }));
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(5);
    expect(log.count('step_up_guessed', '2')).toBe(1);
  });

  it('[B-34] is told five outcomes of a burst, wherever the right code is in it', async () => {
    for (const place of [0, 3, 14, 29]) {
      const own = await openSession(booted, 'bob');
      const codes: string[] = [];
      for (let guess = 0; guess < 30; guess++) codes.push(await wrongCode(booted, 'bob', guess * 10));
      codes[place] = await rightForStepUp();
      const headers = { authorization: `Token ${own}` };
      const answers = await par(instances.all, codes.length, (index) => ({
        path: '/mfa/step-up/',
        headers,
        json: { mfa_code: codes[index]! },
      }));
      expect(answers.filter(({ status }) => ![400, 200, 401, 429].includes(status))).toEqual([]);
      expect(answers.filter(({ status }) => status === 400 || status === 200).length).toBeLessThanOrEqual(5);
      booted.clock.advance(60);
    }
  });

  it('[B-34] is told no more after a right code, however fast the others follow, and the owner goes on a second later', async () => {
    for (let guess = 0; guess < 3; guess++) expect(await stepUp(await wrongCode(booted, 'bob', guess * 10))).toBe(400);
    expect(await stepUp(await rightForStepUp())).toBe(200);
    booted.clock.advance(0.9);
    const told = [];
    for (let guess = 0; guess < 3; guess++) told.push(await stepUp(await wrongCode(booted, 'bob', guess * 10)));
    expect(told).toEqual([400, 429, 429]);
    booted.clock.advance(0.1);
    expect(await stepUp(await wrongCode(booted, 'bob'))).toBe(400);
    expect((await booted.client.get('/app/me', { token })).status).toBe(200);
  });

  it('[B-34] goes on with a right code, and counts none that is malformed or refused', async () => {
    for (let guess = 0; guess < 4; guess++) expect(await stepUp(await wrongCode(booted, 'bob', guess * 10))).toBe(400);
    for (let guess = 0; guess < 5; guess++) expect(await stepUp('12345')).toBe(400);
    expect(await stepUp(await rightForStepUp())).toBe(200);
    booted.clock.advance(1);
    for (let guess = 0; guess < 4; guess++) expect(await stepUp(await wrongCode(booted, 'bob', guess * 10))).toBe(400);
    expect((await booted.client.get('/app/vault', { token })).status).toBe(200);
  });
});
