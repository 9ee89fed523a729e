import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { prompted } from '../support/prompted.js';

describe('signing in on a second device', () => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it('gets a code of its own at once, because the first device has used the one before', async () => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    const first = await codeByLogin(booted, 'bob');
    await booted.client.token('bob', { mfa_code: first });
    const second = await codeByLogin(booted, 'bob');
    expect(second).not.toBe(first);
    await booted.client.token('bob', { mfa_code: second });
  });

  it('gets no second message while the first code is unused', async () => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    const code = await codeByLogin(booted, 'bob');
    const sent = booted.outbox.count;
    expect((await booted.client.login('bob')).body).toEqual(prompted('sms'));
    expect(booted.outbox.count).toBe(sent);
    await booted.client.token('bob', { mfa_code: code });
  });
});
