import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Injectable, Module } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { KeyRotation, MfaAuditEvent, type MfaEvent, MultiFactorAuthService, Upkeep } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { enrolled } from '../support/enrolled.js';
import { eventLog } from '../support/event-log.js';
import { enrolledByRow, phoneOf, rightCode, wrongCode } from '../support/factor-rows.js';
import { requestPhone } from '../support/own-mfa.js';

const DAY = 86_400;

let booted: BootedApp;
afterEach(() => booted.close());

const mfa = () => booted.app.get(MultiFactorAuthService, { strict: false });

/** What was told since the last call, without the times. */
function telling(log: ReturnType<typeof eventLog>): () => object[] {
  return () => log.events.splice(0).map(({ at, ...event }) => (at instanceof Date ? event : { at }));
}

describe('the events', () => {
  const bob = { userId: '2' };
  const sms = { ...bob, challengeType: 'sms' };

  it('tell of every success, failure, lock, message and refusal of one', async () => {
    const log = eventLog();
    booted = await bootApp({ mfa: { events: log.listener } });
    const told = telling(log);
    const signedIn = { ...bob, type: 'signed_in', amr: ['pwd'], afterLock: false };
    await enrolled(booted, 'bob');
    const enrolment = ['challenge_sent', 'proof_accepted', 'enabled'].map((type) => ({ ...sms, type }));
    expect(told()).toEqual([signedIn, ...enrolment]);

    await booted.client.login('bob', { password: 'wrong' });
    expect(told()).toEqual([{ userId: null, type: 'password_refused' }]);

    await booted.client.login('bob');
    await booted.client.login('bob');
    const refused = { ...sms, type: 'message_refused', limit: 'cooldown', retryAfterSeconds: 45 };
    expect(told()).toEqual([{ ...sms, type: 'challenge_sent' }, refused]);

    const mfa_code = await wrongCode(booted, 'bob');
    for (let times = 0; times < 5; times++) await booted.client.login('bob', { mfa_code });
    const wrong = Array.from({ length: 5 }, () => ({ ...sms, type: 'proof_refused' }));
    expect(told()).toEqual([...wrong, { ...sms, type: 'locked' }]);

    await booted.client.login('bob');
    expect(told()).toEqual([{ ...refused, limit: 'lock', retryAfterSeconds: 30 }]);

    booted.clock.advance(31);
    await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    const [accepted, byCode] = [
      { ...sms, type: 'proof_accepted' },
      { ...signedIn, amr: ['pwd', 'sms', 'mfa'] },
    ];
    expect(told()).toEqual([accepted, { ...byCode, afterLock: true }, accepted, byCode]);
  });

  it('tell of a refused enrolment', async () => {
    const log = eventLog();
    booted = await bootApp({ mfa: { events: log.listener } });
    const token = await booted.client.token('bob');
    for (const phone of ['14085550111', '14085550112', '14085550113', '14085550114']) {
      await requestPhone(booted, token, phone);
    }
    expect([log.count('challenge_sent', '2'), log.count('message_refused', '2')]).toEqual([3, 1]);
  });

  it('tell of what the application does', async () => {
    const log = eventLog();
    booted = await bootApp({ mfa: { events: log.listener } });
    const told = telling(log);
    await mfa().enable('2', 'sms', { phone_number: '14085550111' });
    await mfa().unlock('2');
    await mfa().passwordChanged('2');
    await booted.app.get(KeyRotation, { strict: false }).run();
    expect(told()).toEqual([
      { ...sms, type: 'enabled' },
      { ...bob, type: 'unlocked' },
      { ...bob, type: 'sessions_ended' },
      { userId: null, type: 'keys_rotated', rows: 0 },
    ]);
  });
});

describe('an event emitter of the application', () => {
  @Injectable()
  class Listeners {
    readonly heard: MfaEvent[] = [];

    @OnEvent('mfa.enabled', { suppressErrors: false })
    enabled(event: MfaEvent): void {
      this.heard.push(event);
      throw new Error('the listener is broken');
    }

    @OnEvent('mfa.signed_in')
    signedIn(event: MfaEvent): void {
      this.heard.push(event);
    }
  }

  @Module({ imports: [EventEmitterModule.forRoot()], providers: [Listeners] })
  class ListenersModule {}

  it('hears every event by its name, beside the listener, and fails no request', async () => {
    const log = eventLog();
    booted = await bootApp({ mfa: { events: log.listener }, imports: [ListenersModule] });
    await enrolled(booted, 'bob');
    const heard = booted.app.get(Listeners, { strict: false }).heard.map(({ type }) => type);
    expect(heard).toEqual(['signed_in', 'enabled']);
    expect(log.events).toHaveLength(4);
    expect(booted.log.filter((line) => line.includes('The listener of enabled failed: Error'))).toHaveLength(1);
    expect(booted.log.filter((line) => line.includes('MfaModule') && line.includes('is broken'))).toEqual([]);
  });
});

describe('the audit table', () => {
  const rows = () => booted.database.getRepository(MfaAuditEvent).find({ order: { at: 'ASC' } });

  it('keeps who, what and when, and nothing that is secret', async () => {
    booted = await bootApp({ mfa: { audit: true } });
    await enrolledByRow(booted, 'bob');
    const mfa_code = await rightCode(booted, 'bob');
    const token = await booted.client.token('bob', { mfa_code });
    await booted.app.get(KeyRotation, { strict: false }).run();
    const kept = await rows();
    const told = kept.map(({ userId, type, challengeType }) => `${type} ${userId} ${challengeType}`);
    expect(told.toSorted()).toEqual(['keys_rotated null null', 'proof_accepted 2 sms', 'signed_in 2 null']);
    expect(kept[0]!.at).toEqual(booted.clock.now());
    const secrets = [token, mfa_code, phoneOf('bob')];
    expect(secrets.filter((secret) => JSON.stringify(kept).includes(secret))).toEqual([]);
  });

  it('is not written for an application that does not want it', async () => {
    booted = await bootApp();
    await booted.client.token('alice');
    expect(booted.statements.filter(({ sql }) => sql.startsWith('INSERT INTO "mfa_event"'))).toEqual([]);
  });

  it('fails no request when it cannot be written', async () => {
    booted = await bootApp({ mfa: { audit: true } });
    await booted.database.query('DROP TABLE mfa_event');
    await booted.client.token('alice');
    expect(booted.log.filter((line) => line.includes('The listener of signed_in failed'))).toHaveLength(1);
  });

  it('is purged of what is older than its days', async () => {
    booted = await bootApp({ mfa: { audit: true, upkeep: { eventDays: 30, batchSize: 2 } } });
    for (let times = 0; times < 5; times++) await booted.client.token('alice');
    booted.clock.advance(30 * DAY - 1);
    await booted.client.token('alice');
    const purge = () => booted.app.get(Upkeep, { strict: false }).purge();
    expect(await purge()).toEqual({ sessions: 5, rateLimits: 1, events: 0, done: true });
    booted.clock.advance(1);
    expect(await purge()).toEqual({ sessions: 0, rateLimits: 0, events: 5, done: true });
    expect(await rows()).toHaveLength(1);
  });
});
