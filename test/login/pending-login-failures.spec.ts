import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyRotation, MfaSession } from '../../src/index.js';
import { randomKey } from '../../src/crypto/randomness.js';
import { codeAt, importKey, WITH_APPS } from '../support/authenticator.js';
import { type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { rowOf } from '../support/factor-rows.js';
import { failStatement, type FailureMoment } from '../support/failing-statements.js';
import { bootInstances } from '../support/instances.js';
import { PendingLoginStage } from '../support/pending-login.js';

const MOMENTS: FailureMoment[] = ['before', 'after'];

describe.each(PLATFORMS.flatMap((platform) => MOMENTS.map((moment) => ({ platform, moment }))))(
  'a statement that fails $moment it is carried out, over $platform',
  ({ platform, moment }) => {
    let stage: PendingLoginStage;
    let booted: BootedApp;
    beforeEach(async () => {
      stage = await PendingLoginStage.boot({ platform });
      ({ booted } = stage);
    });
    afterEach(() => booted.close());

    it('[X-10] lets no mfa_token and no code in twice, whichever it is', async () => {
      let tokens: unknown[] = [];
      let isOver = false;
      for (let place = 0; !isOver; place++) {
        booted.clock.advance(60);
        const json = { mfa_token: await stage.mfaToken(), code: stage.apps.bob.code() };
        const count = failStatement(booted.database, place, moment);
        const answers = [await stage.verify(json)];
        isOver = count() <= place;
        answers.push(await stage.verify(json));
        tokens = answers.flatMap(({ body }) => body['token'] ?? []);
        expect(tokens.length).toBeLessThanOrEqual(1);
        const { usedTokens, codeFailures, knownCodeFailures } = await rowOf(booted, 'bob');
        expect([usedTokens.length > 0, codeFailures, knownCodeFailures]).toEqual([true, 0, 0]);
      }
      expect(tokens).toHaveLength(1);
    });

    it('[X-10] leaves MFA on while a factor is added, preferred and removed, and its owner can sign in', async () => {
      const { bob } = stage.apps;
      let isOver = false;
      for (let place = 0; !isOver; place++) {
        booted.clock.advance(60);
        const token = String(
          (await stage.verify({ mfa_token: await stage.mfaToken(), code: bob.code() })).body['token'],
        );
        const { body } = await booted.client.post('/mfa/factors/', { token, json: { type: 'totp' } });
        const path = `/mfa/factors/${String(body['id'])}`;
        const uri = (body['show'] as { otpauth_uri: string }).otpauth_uri;
        const secret = new URL(uri).searchParams.get('secret')!;
        const count = failStatement(booted.database, place, moment);
        await booted.client.post(`${path}/verify/`, {
          token,
          json: { code: codeAt(booted, 0, { secret, period: 30 }) },
        });
        await booted.client.request('PATCH', `${path}/`, { token, json: { default: true } });
        await booted.client.delete(`${path}/`, { token });
        isOver = count() <= place;
        const row = await rowOf(booted, 'bob');
        expect([row.enabled, row.factors.map(({ id }) => id).includes(bob.id)]).toEqual([true, true]);
        await removeOthers(bob.id);
      }
      expect((await rowOf(booted, 'bob')).factors).toHaveLength(1);
    });

    /** Signs in by the first app, which may no longer be the default, and removes what a failure has left. */
    async function removeOthers(kept: string): Promise<void> {
      booted.clock.advance(60);
      const json = { mfa_token: await stage.mfaToken(), method: kept, code: stage.apps.bob.code() };
      const { status, body } = await stage.verify(json);
      expect(status).toBe(200);
      const token = String(body['token']);
      for (const { id } of (await rowOf(booted, 'bob')).factors.filter((one) => one.id !== kept)) {
        expect((await booted.client.delete(`/mfa/factors/${id}/`, { token })).status).toBe(204);
      }
      await booted.database.getRepository(MfaSession).delete({ userId: '2' });
    }
  },
);

describe('a rotation of keys during pending logins', () => {
  it('[X-04] ends those of the old key when it goes, and no earlier, and lets none in twice', async () => {
    const [old, young] = [randomKey().toString('base64'), randomKey().toString('base64')];
    const mfa = (...keys: string[]) => ({ ...WITH_APPS, keys });
    const instances = await bootInstances(1, { mfa: mfa(old) });
    try {
      const before = instances.all[0]!;
      const during = await instances.boot({ mfa: mfa(young, old) });
      const after = await instances.boot({ mfa: mfa(young) });
      await importKey(before, 'bob');
      const begin = async ({ client }: BootedApp) => String((await client.login('bob')).body['mfa_token']);
      const verify = ({ client }: BootedApp, mfa_token: string, steps = 0) =>
        client.post('/mfa/login/verify/', { json: { mfa_token, code: codeAt(before, steps) } });
      const [first, second, third] = [await begin(before), await begin(before), await begin(during)];
      expect((await verify(during, first)).status).toBe(200);
      before.clock.advance(60);
      // An instance that does not know the key yet.
      expect((await denied(before, () => verify(before, third))).body['code']).toBe('invalid_mfa_token');
      await during.app.get(KeyRotation, { strict: false }).run();
      expect((await denied(after, () => verify(after, second))).body['code']).toBe('invalid_mfa_token');
      expect((await verify(after, third)).status).toBe(200);
      for (const used of [first, third]) {
        expect((await denied(during, () => verify(during, used, 1))).body['code']).toBe('invalid_mfa_token');
      }
    } finally {
      await instances.close();
    }
  });
});
