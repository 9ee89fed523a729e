import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MultiFactorAuthService } from '../../src/index.js';
import { WITH_APPS } from '../support/authenticator.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolled } from '../support/enrolled.js';
import { rowOf } from '../support/factor-rows.js';
import { provenToken } from '../support/own-mfa.js';

let booted: BootedApp;
let token: string;
afterEach(() => booted.close());

const add = (phone: string) =>
  booted.client.post('/mfa/factors/', { token, json: { type: 'sms', phone_number: phone } });

describe.each(PLATFORMS)('a phone that its user has already over %s', (platform) => {
  beforeEach(async () => {
    booted = await bootApp({ platform, mfa: WITH_APPS });
    await enrolled(booted, 'bob');
    token = await provenToken(booted, 'bob');
    booted.clock.advance(60);
  });

  it('is not added again: during the cooldown of the one, the other would get no code', async () => {
    const messages = booted.outbox.count;
    for (const spelling of ['14085550101', '+14085550101']) {
      const { status, body } = await add(spelling);
      expect([status, body['code']]).toEqual([400, 'factor_exists']);
    }
    expect([booted.outbox.count, (await rowOf(booted, 'bob')).pendingFactors]).toEqual([messages, []]);
    expect((await add('14085550177')).status).toBe(201);
  });

  it('may be that of another user, and may come again after it was removed', async () => {
    const { body } = await add('14085550177');
    const path = `/mfa/factors/${String(body['id'])}`;
    const code = booted.outbox.lastCode();
    expect((await booted.client.post(`${path}/verify/`, { token, json: { code } })).status).toBe(200);
    expect((await booted.client.delete(`${path}/`, { token })).status).toBe(204);
    booted.clock.advance(60);
    expect((await add('14085550177')).status).toBe(201);
    token = await booted.client.token('alice');
    expect((await add('14085550101')).status).toBe(201);
  });

  it('keeps nobody from adding another one whose first one can no longer be opened', async () => {
    const { sealedState } = (await rowOf(booted, 'bob')).factors[0]!;
    await booted.database.query('UPDATE mfa_multi_factor_auth SET factors = replace(factors, ?, ?)', [
      sealedState,
      'v1.00000000.AAAA.AAAA',
    ]);
    expect((await add('14085550177')).status).toBe(201);
  });

  it('is refused to an import too', async () => {
    const service = booted.app.get(MultiFactorAuthService);
    const again = service.importFactor('2', 'sms', { phone_number: '14085550101' });
    await expect(again).rejects.toThrow('The user has this device already.');
    await service.importFactor('2', 'sms', { phone_number: '14085550177' });
    expect((await rowOf(booted, 'bob')).factors).toHaveLength(2);
  });
});
