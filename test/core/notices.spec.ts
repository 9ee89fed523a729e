import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MfaEvent } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { enrolled } from '../support/enrolled.js';
import { eventLog } from '../support/event-log.js';
import { wrongCode } from '../support/factor-rows.js';
import { holdReads } from '../support/hold-reads.js';
import { loginRoute } from '../support/logins.js';
import { provenToken, requestPhone, verifyPhone } from '../support/own-mfa.js';
import { par } from '../support/par.js';

const NOTICES: MfaEvent['type'][] = ['enabled', 'disabled', 'backup_codes_renewed', 'backup_code_used', 'locked'];

describe('the listener of an application', () => {
  let booted: BootedApp;
  let log = eventLog();
  beforeEach(async () => {
    log = eventLog();
    booted = await bootApp({ mfa: { events: log.listener } });
  });
  afterEach(() => booted.close());

  const notices = () => log.events.map(({ type }) => type).filter((type) => NOTICES.includes(type));

  it('[E-18] is told once of each change that an owner should hear of', async () => {
    await enrolled(booted, 'bob');
    expect(notices()).toEqual(['enabled']);
    const token = await provenToken(booted, 'bob');
    const { backup_code } = (await booted.client.get('/mfa/recovery/', { token })).body;
    expect(notices()).toEqual(['enabled', 'backup_codes_renewed']);
    const last = await booted.client.token('bob', { backup_code });
    expect(notices()).toEqual(['enabled', 'backup_codes_renewed', 'backup_code_used', 'disabled']);
    await booted.client.delete('/mfa/', { token: last });
    expect(notices()).toHaveLength(4);
  });

  it('[E-18] is told, and the client too, when what only counts messages fails after it', async () => {
    const token = await booted.client.token('bob');
    await requestPhone(booted, token, '14155550123');
    await booted.database.query('DROP TABLE mfa_rate_limit');
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).body['enabled']).toBe(true);
    expect(notices()).toEqual(['enabled']);
    expect(booted.log.filter((line) => line.includes('A message was not counted'))).toHaveLength(1);
  });

  it('[E-18] is told once when the owner turns MFA off', async () => {
    await enrolled(booted, 'bob');
    const token = await provenToken(booted, 'bob');
    await par([booted], 5, () => ({ method: 'DELETE', path: '/mfa/', headers: { authorization: `Token ${token}` } }));
    expect(notices()).toEqual(['enabled', 'disabled']);
  });

  it('[E-18] is told once of a lock', async () => {
    await enrolled(booted, 'bob');
    const mfa_code = await wrongCode(booted, 'bob');
    for (let guess = 0; guess < 7; guess++) await booted.client.login('bob', { mfa_code });
    expect(log.count('locked', '2')).toBe(1);
  });

  it('[E-18] is told once of a lock whose guesses came at the same moment', async () => {
    await enrolled(booted, 'bob');
    const mfa_code = await wrongCode(booted, 'bob');
    const login = await loginRoute(booted, 'authtoken');
    // None of them sees the others' failures before its own is counted.
    holdReads([booted.database], 5);
    await par([booted], 5, () => login.request('bob', { mfa_code }));
    expect(log.count('locked', '2')).toBe(1);
  });

  it('[E-18] [T22] hears no code, token or number', async () => {
    const first = await enrolled(booted, 'bob');
    const token = await provenToken(booted, 'bob');
    const { backup_code } = (await booted.client.get('/mfa/recovery/', { token })).body;
    const heard = JSON.stringify(log.events);
    const secrets = [first, token, backup_code, '14085550101', ...booted.outbox.messages.map(({ code }) => code)];
    expect(secrets.filter((secret) => heard.includes(String(secret)))).toEqual([]);
  });
});
