import { afterEach, describe, expect, it } from 'vitest';
import { secondsAfter } from '../../src/core/clock.js';
import { recentMessages } from '../../src/limits/message-notes.js';
import type { SentMessage } from '../../src/store/factor.js';
import { codeAt, importKey, WITH_APPS } from '../support/authenticator.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolledByRow, rowOf } from '../support/factor-rows.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const [HOUR, DAY] = [3600, 86_400];

const note = (secondsAgo: number, more: Partial<SentMessage> = {}): SentMessage => ({
  destination: 'a',
  purpose: 'login',
  sentAt: secondsAfter(NOW, -secondsAgo),
  ...more,
});

describe('the notes of messages', () => {
  it('are kept for a day', () => {
    expect(recentMessages([note(DAY), note(DAY - 1)], NOW)).toEqual([note(DAY - 1)]);
  });

  it.each<[string, Partial<SentMessage>]>([
    ['that the gateway refused', { givenBack: true, failed: true }],
    ['that is a renewal of backup codes', { purpose: 'backup_codes' }],
  ])('are kept for an hour for one %s', (_, more) => {
    expect(recentMessages([note(HOUR, more), note(HOUR - 1, more)], NOW)).toEqual([note(HOUR - 1, more)]);
  });

  it('remember for a day, once each, which destinations were tried at an enrolment', () => {
    const tried = { purpose: 'enrolment', givenBack: true };
    const [one, other] = [note(3 * HOUR, tried), note(2 * HOUR, { ...tried, destination: 'b' })];
    expect(recentMessages([note(4 * HOUR, tried), one, other], NOW)).toEqual([one, other]);
  });
});

describe.each(PLATFORMS)('a phone that takes no messages over %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it('[C-06] does not fill up the row of its owner, who signs in with an app after hours of somebody else’s tries', async () => {
    booted = await bootApp({ platform, mfa: WITH_APPS });
    await enrolledByRow(booted, 'bob', undefined, '14085550001');
    await importKey(booted, 'bob');
    const kept = new Set<number>();
    for (let hour = 0; hour < 3; hour++) {
      for (let request = 0; request < 22; request++) expect((await booted.client.login('bob')).status).toBe(503);
      booted.clock.advance(HOUR);
      kept.add((await rowOf(booted, 'bob')).sentMessages.length);
    }
    expect(Math.max(...kept)).toBeLessThan(25);
    const { mfa_token, mfa_methods } = (await booted.client.login('bob')).body;
    const method = (mfa_methods as { id: string; type: string }[]).find(({ type }) => type === 'totp')!.id;
    const json = { mfa_token, method, code: codeAt(booted) };
    expect((await booted.client.post('/mfa/login/verify/', { json })).status).toBe(200);
    expect((await rowOf(booted, 'bob')).sentMessages.length).toBeLessThan(3);
  });
});
