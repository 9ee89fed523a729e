import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MfaCredential, MultiFactorAuthService } from '../../../src/index.js';
import { DATABASE_KINDS, describeOnEach } from '../../support/databases.js';
import { addUser, bootInstancesOn, type Instances } from '../../support/instances.js';
import { par, type WireRequest } from '../../support/par.js';
import { PasskeyStage, WITH_PASSKEYS } from '../../support/passkeys.js';

const ROUNDS = 4;

await describeOnEach('passkeys at the same moment, over three instances', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let stage: PasskeyStage;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 3, { mfa: { ...WITH_PASSKEYS, logins: ['authtoken', 'passkey'] } });
    stage = PasskeyStage.on(instances.all[0]!);
  });
  afterAll(() => instances.close());

  const credentials = () => stage.booted.database.getRepository(MfaCredential);
  const named = (name: string) => {
    addUser(instances, name);
    return stage.booted.client.token(name);
  };
  const successes = (answers: { status: number }[]) => answers.filter(({ status }) => status === 200).length;

  it.each(['with a counter', 'without one'])('[W-02] [W-08] let one of thirty equal answers in, %s', async (how) => {
    for (let round = 0; round < ROUNDS; round++) {
      const name = `${how}-${round}`;
      const passkey = stage.passkey({ counts: how === 'with a counter' });
      await stage.register(await named(name), passkey);
      const asked = await stage.begin(name);
      const json = { mfa_token: asked.mfaToken, method: 'passkeys', response: passkey.authenticate(asked.options) };
      const answers = await par(instances.all, 30, () => ({ method: 'POST', path: '/mfa/login/verify/', json }));
      expect(successes(answers)).toBe(1);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      await stage.signIn(name, passkey);
    }
  });

  it('[W-08] let two logins in that wait at the same moment, each with its own answer', async () => {
    const passkey = stage.passkey();
    await stage.register(await named('twice'), passkey);
    const [one, other] = [await stage.begin('twice'), await stage.begin('twice')];
    const [first, second] = [passkey.authenticate(one.options), passkey.authenticate(other.options)];
    const finished = [await stage.finish(one, first), await stage.finish(other, second)];
    expect(successes(finished)).toBe(2);
  });

  it('[W-10] give one credential to one of two users who register it at the same moment', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const tokens = [await named(`left-${round}`), await named(`right-${round}`)];
      const credentialId = randomBytes(16).toString('base64url');
      const requests: WireRequest[] = [];
      for (const token of tokens) {
        const { id, options } = await stage.ask(token);
        const response = stage.passkey().register(options, { credentialId });
        const headers = { authorization: `Token ${token}` };
        requests.push({ method: 'POST', path: `/mfa/factors/${id}/verify/`, headers, json: { response } });
      }
      const answers = await par(instances.all, 2, (index) => requests[index]!);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]));
    }
  });

  it('turn MFA on once for thirty equal registrations, with one row of the credential', async () => {
    const token = await named('registers');
    const before = await credentials().count();
    const { id, options } = await stage.ask(token);
    const json = { response: stage.passkey().register(options) };
    const headers = { authorization: `Token ${token}` };
    const sent = { method: 'POST', path: `/mfa/factors/${id}/verify/`, headers, json };
    const answers = await par(instances.all, 30, () => sent);
    expect(successes(answers)).toBe(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(await credentials().count()).toBe(before + 1);
  });

  it('follow a user who gets another id, and leave nothing of one who is forgotten', async () => {
    const { app, users } = stage.booted;
    const passkey = stage.passkey();
    await stage.register(await named('mover'), passkey);
    const from = String(users.named('mover').id);
    const mfa = app.get(MultiFactorAuthService);
    await mfa.move(from, 'moved');
    expect(await credentials().countBy({ userId: 'moved' })).toBe(1);
    await mfa.forget('moved');
    expect(await credentials().countBy({ userId: 'moved' })).toBe(0);
  });
});
