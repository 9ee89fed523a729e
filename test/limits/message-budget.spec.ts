import { describe, expect, it } from 'vitest';
import { secondsAfter } from '../../src/core/clock.js';
import type { Purpose } from '../../src/core/purpose.js';
import type { SentMessage } from '../../src/store/factor.js';
import { decideMessage } from '../../src/limits/message-budget.js';
import { answered } from '../../src/limits/message-notes.js';
import { MessageOptions } from '../../src/limits/message-options.js';

const NOW = new Date('2026-03-01T12:00:00Z');

const message = (secondsAgo: number, destination = 'a', purpose: Purpose = 'login'): SentMessage => ({
  destination,
  purpose,
  sentAt: secondsAfter(NOW, -secondsAgo),
  isKnownNetwork: true,
});

const decide = (sent: SentMessage[], destination = 'a', purpose: Purpose = 'login', options = new MessageOptions()) =>
  decideMessage(sent, { destination, purpose, now: NOW, isKnownNetwork: true }, options);

describe('decideMessage', () => {
  it('sends the first message', () => {
    expect(decide([])).toEqual({ kind: 'send' });
  });

  it.each([
    [1, 60],
    [2, 60],
    [3, 120],
    [4, 300],
  ])('after message %i of the hour, keeps quiet for %i s', (count, seconds) => {
    const before = Array.from({ length: count - 1 }, (_, index) => message(3000 - index));
    expect(decide([...before, message(seconds - 1)])).toEqual({
      kind: 'quiet',
      limit: 'cooldown',
      retryAfterSeconds: 1,
    });
    expect(decide([...before, message(seconds)])).toEqual({ kind: 'send' });
  });

  it('has a cooldown for each destination and each purpose', () => {
    expect(decide([message(1, 'b')])).toEqual({ kind: 'send' });
    expect(decide([message(1, 'a', 'step-up')])).toEqual({ kind: 'send' });
    expect(decide([message(1, 'a', 'login')])).toEqual({ kind: 'quiet', limit: 'cooldown', retryAfterSeconds: 59 });
  });

  it('[F-03] sends within the cooldown once the last code is nearly worthless', () => {
    const sent = (secondsAgo: number, lifeSeconds: number) => [
      { ...message(secondsAgo), expiresAt: secondsAfter(NOW, lifeSeconds - secondsAgo) },
    ];
    expect(decide(sent(44, 60))).toEqual({ kind: 'quiet', limit: 'cooldown', retryAfterSeconds: 1 });
    expect(decide(sent(45, 60))).toEqual({ kind: 'send' });
    // The shortest life of the shortest window.
    expect(decide(sent(7, 15))).toMatchObject({ kind: 'quiet' });
    expect(decide(sent(8, 15))).toEqual({ kind: 'send' });
    expect(decide(sent(59, 400))).toEqual({ kind: 'quiet', limit: 'cooldown', retryAfterSeconds: 1 });
  });

  it('has none after a code that was used', () => {
    expect(decide(answered([message(1)], NOW))).toEqual({ kind: 'send' });
  });

  it('refuses after five in an hour, whatever they were for, until the first is an hour old', () => {
    const purposes: Purpose[] = ['login', 'step-up', 'enrolment', 'login', 'step-up'];
    const sent = purposes.map((purpose, index) => message(3599 - index * 400, `number ${index}`, purpose));
    expect(decide(answered(sent, NOW))).toEqual({ kind: 'refuse', limit: 'user', retryAfterSeconds: 1 });
    expect(decide([message(3600), ...sent.slice(1)], 'z')).toEqual({ kind: 'send' });
  });

  it('refuses after ten in a day, until the first is a day old', () => {
    const sent = Array.from({ length: 10 }, (_, index) => message(86_399 - index * 5000, `number ${index}`));
    expect(decide(sent)).toEqual({ kind: 'refuse', limit: 'user', retryAfterSeconds: 1 });
    expect(decide([message(86_400), ...sent.slice(1)])).toEqual({ kind: 'send' });
  });

  it('refuses a fourth number of one day at enrolment, and none at login', () => {
    const sent = ['a', 'b', 'c'].map((number, index) => message(9000 - index, number, 'enrolment'));
    expect(decide(sent, 'd', 'enrolment')).toMatchObject({ kind: 'refuse' });
    expect(decide(sent, 'c', 'enrolment')).toEqual({ kind: 'send' });
    expect(decide(sent, 'd', 'login')).toEqual({ kind: 'send' });
  });

  it('goes by the options', () => {
    const options = Object.assign(new MessageOptions(), { cooldownSeconds: [30], perHour: 2 });
    expect(decide([message(30)], 'a', 'login', options)).toEqual({ kind: 'send' });
    expect(decide([message(600), message(30)], 'a', 'login', options)).toMatchObject({ kind: 'refuse' });
  });
});
