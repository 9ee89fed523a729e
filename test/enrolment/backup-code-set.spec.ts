import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('new backup codes', () => {
  it('[K-04] are made ten times an hour at the most', async () => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    const token = await booted.client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
    const all = await Promise.all(Array.from({ length: 14 }, () => booted.client.get('/mfa/recovery/', { token })));
    let made = all.filter(({ status }) => status === 200).length;
    let refused = await booted.client.get('/mfa/recovery/', { token });
    for (; refused.status === 200; made++) refused = await booted.client.get('/mfa/recovery/', { token });
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThanOrEqual(10);
    expect([refused.status, refused.body['code']]).toEqual([429, 'locked']);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});
