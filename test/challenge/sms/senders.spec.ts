import { afterEach, describe, expect, it, vi } from 'vitest';
import { SmsChallenge, type SmsMessage } from '../../../src/index.js';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { PagerChallenge } from '../../support/pager-challenge.js';
import { Pagers, PagersModule } from '../../support/pagers.js';
import { PagingSender } from '../../support/paging-sender.js';
import { TestUsersModule } from '../../support/test-users.js';

describe('the SMS sender', () => {
  let booted: BootedApp | undefined;
  afterEach(async () => {
    vi.unstubAllEnvs();
    await booted?.close();
    booted = undefined;
  });

  const ask = async ({ client }: BootedApp) => {
    const token = await client.token('alice');
    const { status } = await client.put('/mfa/sms/request/', { token, json: { phone_number: '+14085550199' } });
    expect(status).toBe(200);
    return async (mfa_code: string) => (await client.put('/mfa/sms/verify/', { token, json: { mfa_code } })).status;
  };

  it('is a class that is made with what `imports` offers', async () => {
    booted = await bootApp({ mfa: { imports: [TestUsersModule, PagersModule], sms: { sender: PagingSender } } });
    const verify = await ask(booted);
    const [page] = booted.app.get(Pagers, { strict: false }).pages;
    expect(page?.pager).toBe('14085550199');
    expect(await verify(page!.code)).toBe(200);
  });

  it('is a plain function, which is told all that a gateway with templates needs', async () => {
    const messages: SmsMessage[] = [];
    const sender = (message: SmsMessage) => Promise.resolve(void messages.push(message));
    booted = await bootApp({ mfa: { sms: { sender } } });
    await ask(booted);
    const [{ code, signal, ...message }] = messages as [SmsMessage];
    expect(message).toEqual({
      phoneNumber: '14085550199',
      text: `Two Factor Authentication Code: ${code}`,
      userId: '1',
    });
    expect(signal.aborted).toBe(false);
  });

  it('has a second to answer if the application says so, and is told when it is over', async () => {
    const signals: AbortSignal[] = [];
    const sender = ({ signal }: SmsMessage) => new Promise<void>(() => signals.push(signal));
    booted = await bootApp({ mfa: { sms: { sender }, messages: { timeoutSeconds: 1 } } });
    const token = await booted.client.token('alice');
    const json = { phone_number: '14085550199' };
    const { status, body } = await booted.client.put('/mfa/sms/request/', { token, json });
    expect([status, body['code']]).toEqual([400, 'sms_send_failed']);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('writes codes to the log when there is none, in development', async () => {
    booted = await bootApp({ mfa: { sms: undefined } });
    const verify = await ask(booted);
    const line = booted.log.find((text) => text.includes('No SMS sender is configured. To 14085550199:'));
    expect(await verify(/Code: ([0-9]{6})/.exec(line ?? '')?.[1] ?? '')).toBe(200);
  });

  it.each([undefined, {}, { twilio: {} }, { twilio: { accountSid: undefined, authToken: '' } }])(
    'refuses to start in production as %j, where no code may go to the log',
    async (sms) => {
      vi.stubEnv('NODE_ENV', 'production');
      await expect(bootApp({ mfa: { sms } })).rejects.toThrow('MfaModule: `sms` has no sender, and in production');
    },
  );

  it('is not asked for in production by an application without the SMS challenge', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const imports = [TestUsersModule, PagersModule];
    booted = await bootApp({ mfa: { imports, sms: undefined, challenges: [PagerChallenge] } });
    expect((await booted.client.put('/mfa/sms/request/')).status).toBe(404);
    await booted.close();
    booted = await bootApp({ mfa: { challenges: [SmsChallenge], sms: { sender: () => Promise.resolve() } } });
    expect((await booted.client.login('alice')).status).toBe(200);
  });
});
