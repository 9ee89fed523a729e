import { Injectable, Module } from '@nestjs/common';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { afterEach, describe, expect, it } from 'vitest';
import { type MfaEvent, MfaEvents } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';

/** Events that nobody has answered yet, and what answers them all. */
const waiting: { event: MfaEvent; answer: () => void }[] = [];

function hang(event: MfaEvent): Promise<void> {
  return new Promise((resolve) => waiting.push({ event, answer: resolve }));
}

class HangingListener extends MfaEvents {
  override on(event: MfaEvent): Promise<void> {
    return hang(event);
  }
}

@Injectable()
class HangingSubscriber {
  @OnEvent('mfa.signed_in')
  signedIn(event: MfaEvent): Promise<void> {
    return hang(event);
  }
}

@Module({ imports: [EventEmitterModule.forRoot()], providers: [HangingSubscriber] })
class HangingModule {}

describe.each(PLATFORMS)('a listener that hangs, on %s', (platform) => {
  let booted: BootedApp;
  afterEach(async () => {
    waiting.splice(0).forEach(({ answer }) => answer());
    await booted.close();
  });

  it.each([
    ['of the option `events`', { mfa: { events: HangingListener } }],
    ['of the event emitter', { imports: [HangingModule] }],
  ])('[X-14] lets logins go on, and is told in the log once: one %s', async (_, options) => {
    booted = await bootApp({ platform, ...options });
    const tokens = [
      await booted.client.token('alice'),
      await booted.client.token('bob'),
      await booted.client.token('bob'),
    ];
    for (const token of tokens) expect((await booted.client.get('/mfa/', { token })).status).toBe(200);
    const line = 'The listener of signed_in did not answer within 5 s.';
    expect(booted.log.filter((one) => one.includes(line))).toHaveLength(1);
    // It still hears of everything.
    expect(waiting.map(({ event }) => event.userId)).toEqual(['1', '2', '2']);
  });
});
