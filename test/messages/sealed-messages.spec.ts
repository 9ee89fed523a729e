import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyRotation, MultiFactorAuth } from '../../src/index.js';
import { randomKey } from '../../src/crypto/randomness.js';
import { TEST_KEY } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { enrolledByRow, phoneOf, rightCode, rowOf } from '../support/factor-rows.js';
import { bootQueued, type QueuedApp } from '../support/test-queue.js';

let booted: QueuedApp;
beforeEach(async () => {
  booted = await bootQueued();
  await enrolledByRow(booted, 'bob');
  await booted.client.login('bob');
});
afterEach(() => booted.close());

/** The same application over other keys. */
async function rebootWith(...keys: string[]): Promise<void> {
  const { outbox, queue } = booted;
  await booted.close();
  booted = await bootQueued({ outbox, mfa: { keys } }, queue);
}

describe('a sealed message', () => {
  const flipped = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

  it('[C-12] that was altered, or comes from elsewhere, is not sent', async () => {
    const sealed = booted.queue.last();
    const [version, key, nonce, text] = sealed.split('.') as [string, string, string, string];
    const altered = [
      `v2.${key}.${nonce}.${text}`,
      `${version}.${flipped(key, 2)}.${nonce}.${text}`,
      `${version}.${key}.${flipped(nonce, 2)}.${text}`,
      `${version}.${key}.${nonce}.${flipped(text, 2)}`,
      `${version}.${key}.${nonce}.${text.slice(0, -16)}`,
      JSON.stringify({ phoneNumber: phoneOf('bob'), text: 'Hello', code: '1', userId: '2', expiresAt: 9e15 }),
      '',
    ];
    for (const one of altered) expect(await booted.deliver(one)).toBe('unreadable');
    await rebootWith(randomKey().toString('base64'));
    expect(await booted.deliver(sealed)).toBe('unreadable');
    expect(booted.outbox.count).toBe(0);
  });

  it("[C-12] is no factor's state, and a factor's state is no message", async () => {
    const { factors } = await rowOf(booted, 'bob');
    expect(await booted.deliver(factors[0]!.sealedState)).toBe('unreadable');
    const mfa_code = await rightCode(booted, 'bob');
    const swapped = { factors: [{ ...factors[0]!, sealedState: booted.queue.last() }] };
    await booted.database.getRepository(MultiFactorAuth).update({ userId: '2' }, swapped);
    await denied(booted, () => booted.client.login('bob', { mfa_code }));
    booted.clock.advance(61);
    expect((await booted.client.login('bob')).status).toBe(503);
    expect([booted.queue.sealed.length, booted.outbox.count]).toEqual([1, 0]);
  });

  it('[C-12] is sent after a rotation of keys, while the old key is in the ring', async () => {
    const [old, young] = [TEST_KEY, randomKey().toString('base64')];
    await rebootWith(young, old);
    await booted.app.get(KeyRotation, { strict: false }).run();
    expect(await booted.deliver()).toBe('sent');
    expect(booted.outbox.messages.map(({ phoneNumber }) => phoneNumber)).toEqual([phoneOf('bob')]);
    await rebootWith(young);
    expect(await booted.deliver()).toBe('unreadable');
  });
});
