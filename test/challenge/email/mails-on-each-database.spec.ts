import { expect, it } from 'vitest';
import { EmailChallenge, type MailMessage } from '../../../src/index.js';
import type { BootedApp } from '../../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../../support/databases.js';
import { requestEmail } from '../../support/emails.js';
import { bootInstancesOn } from '../../support/instances.js';
import { par } from '../../support/par.js';

await describeOnEach('a code by mail', DATABASE_KINDS, (kind) => {
  it('[B-27] signs one in, of twenty requests at two instances, and stays no second factor', async () => {
    const mails: MailMessage[] = [];
    const email = { sender: (mail: MailMessage) => Promise.resolve(void mails.push(mail)) };
    const instances = await bootInstancesOn(kind, 2, { mfa: { challenges: [EmailChallenge], email } });
    try {
      const [booted] = instances.all as [BootedApp];
      const { client, clock } = booted;
      const token = await client.token('bob');
      await requestEmail(booted, token, 'bob@example.com');
      const verified = { token, json: { mfa_code: mails.at(-1)!.code } };
      expect((await client.put('/mfa/email/verify/', verified)).status).toBe(200);
      clock.advance(600);
      const { mfa_token } = (await client.login('bob')).body;
      const json = { mfa_token, code: mails.at(-1)!.code };
      const request = { method: 'POST', path: '/mfa/login/verify/', json };
      const answers = await par(instances.all, 20, () => request);
      const granted = answers.filter(({ status }) => status === 200);
      expect(granted).toHaveLength(1);
      const opened = String(granted[0]!.body['token']);
      expect((await client.get('/app/me', { token: opened })).body['amr']).toEqual(['pwd', 'email']);
      expect((await client.get('/app/vault', { token: opened })).status).toBe(401);
    } finally {
      await instances.close();
    }
  });
});
