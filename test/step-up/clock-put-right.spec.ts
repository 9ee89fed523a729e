import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';

const HOUR = 3600;

describe.each(PLATFORMS)('a proof from the future, on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it('[X-13] is none: a session that began while the clock was ahead proves its factor again', async () => {
    booted = await bootApp({ platform });
    await enrolledByRow(booted, 'bob');
    booted.clock.advance(HOUR);
    const token = await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    booted.clock.advance(-HOUR);
    expect((await booted.client.get('/app/me', { token })).status).toBe(200);
    expect((await booted.client.get('/app/vault', { token })).status).toBe(401);
    expect((await booted.client.delete('/mfa/', { token })).status).toBe(401);
    expect((await booted.client.get('/mfa/recovery/', { token })).status).toBe(401);
    const json = { mfa_code: await rightCode(booted, 'bob', { purpose: 'step-up' }) };
    expect((await booted.client.post('/mfa/step-up/', { token, json })).status).toBe(200);
    expect((await booted.client.get('/app/vault', { token })).status).toBe(200);
    expect((await booted.client.delete('/mfa/', { token })).status).toBe(204);
  });

  it('[X-13] is one of now where the clocks of two instances differ by a second', async () => {
    booted = await bootApp({ platform });
    await enrolledByRow(booted, 'bob');
    booted.clock.advance(1);
    const token = await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    booted.clock.advance(-1);
    expect((await booted.client.get('/app/vault', { token })).status).toBe(200);
  });
});
