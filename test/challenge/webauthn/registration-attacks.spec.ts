import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MfaCredential } from '../../../src/index.js';
import { type CborValue, encodeCbor } from '../../../src/testing/cbor.js';
import { PLATFORMS } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { PasskeyStage } from '../../support/passkeys.js';

let stage: PasskeyStage;
afterEach(() => stage.close());

describe.each(PLATFORMS)('a registration of a passkey over %s', (platform) => {
  beforeEach(async () => {
    stage = await PasskeyStage.boot({ platform });
  });

  it('[W-10] registers no credential that another user has, nor the same one twice', async () => {
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    const alice = await stage.enrolled('alice', stage.passkey());
    for (const asking of [alice, token]) {
      const { id, options } = await stage.ask(asking);
      const copy = stage.passkey().register({ ...options, excludeCredentials: [] }, { credentialId: passkey.id });
      expect((await stage.confirm(asking, id, copy)).body['code']).toBe('invalid_mfa_code');
    }
    const { client, database } = stage.booted;
    expect(JSON.parse((await client.get('/mfa/factors/', { token: alice })).text)).toHaveLength(1);
    expect(await database.getRepository(MfaCredential).count()).toBe(2);
    await stage.signIn('bob', passkey);
  });

  it('a credential is free again when its owner has removed it, or has forgotten everything', async () => {
    const [passkey, other] = [stage.passkey(), stage.passkey()];
    const token = await stage.enrolled('bob', other);
    const id = await stage.register(token, passkey);
    await stage.booted.client.delete(`/mfa/factors/${id}/`, { token });
    const alice = await stage.booted.client.token('alice');
    const asked = await stage.ask(alice);
    const taken = stage.passkey().register(asked.options, { credentialId: passkey.id });
    expect((await stage.confirm(alice, asked.id, taken)).status).toBe(200);
  });

  it('[W-11] answers garbage with 400, and too much of it with 413', async () => {
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    const { id, options } = await stage.ask(token);
    const garbage = [
      Buffer.from('a0', 'hex'),
      Buffer.from('ff'.repeat(99), 'hex'),
      Buffer.from('9f9f9f9f', 'hex'),
      Buffer.alloc(9000),
    ];
    for (const bytes of garbage) {
      const answer = stage.passkey().register(options, { attestationObject: () => bytes });
      expect((await stage.confirm(token, id, answer)).body['code']).toBe('invalid_mfa_code');
    }
    const right = stage.passkey().register(options);
    const odd: unknown[] = [null, [], 'text', 7, {}, { ...right, id: 'x' }, { ...right, rawId: `${right.rawId}=` }];
    odd.push(
      { ...right, type: 'password' },
      { ...right, response: null },
      { ...right, response: { ...right.response, clientDataJSON: {} } },
    );
    odd.push({ ...right, response: { ...right.response, clientDataJSON: Buffer.from('[]').toString('base64url') } });
    for (const answer of odd) expect((await stage.confirm(token, id, answer)).status).toBe(400);
    const large = { ...right, response: { ...right.response, attestationObject: 'A'.repeat(1_100_000) } };
    expect((await stage.confirm(token, id, large)).status).toBe(413);
    expect((await stage.confirm(token, id, right)).status).toBe(200);
  });

  it("[W-11] reads no statement of an authenticator's maker: none was asked for, and nobody's certificates are fetched", async () => {
    const token = await stage.enrolled('bob', stage.passkey());
    for (const format of ['packed', 'tpm', 'apple', 'unknown']) {
      const { id, options } = await stage.ask(token);
      const passkey = stage.passkey();
      const attested = (right: Buffer) => {
        const authData = right.subarray(right.indexOf('hauthData') + 9);
        const statement = new Map([['x5c', Buffer.from('no certificate')]]);
        const head = encodeCbor(
          new Map<string, CborValue>([
            ['fmt', format],
            ['attStmt', statement],
          ]),
        );
        return Buffer.concat([Buffer.from([0xa3]), head.subarray(1), Buffer.from('hauthData'), authData]);
      };
      const response = passkey.register(options, { attestationObject: attested });
      expect([format, (await stage.confirm(token, id, response)).status]).toEqual([format, 200]);
      await stage.signIn('bob', passkey);
    }
  });

  it('[W-17] offers three algorithms and takes no other', async () => {
    const token = await stage.enrolled('bob', stage.passkey());
    for (const algorithm of [-8, -7, -257]) await stage.register(token, stage.passkey({ algorithm }));
    const { id, options } = await stage.ask(token);
    expect(options['pubKeyCredParams']).toEqual([-8, -7, -257].map((alg) => ({ alg, type: 'public-key' })));
    const other = stage.passkey({ algorithm: -35 }).register(options);
    expect((await stage.confirm(token, id, other)).body['code']).toBe('invalid_mfa_code');
  });

  it('[W-18] keeps long ids and keys exactly, and ids apart that differ in case', async () => {
    const long = stage.passkey({ credentialId: Buffer.alloc(1023, 'id').toString('base64url'), keyPadding: 3900 });
    const token = await stage.enrolled('bob', long);
    await stage.signIn('bob', long);
    const [upper, lower] = ['QUFB', 'quFB'].map((credentialId) => stage.passkey({ credentialId }));
    await stage.register(token, upper!);
    await stage.register(token, lower!);
    await stage.signIn('bob', upper!);
    await stage.signIn('bob', lower!);
    const tooLong = stage.passkey({ credentialId: Buffer.alloc(1024).toString('base64url') });
    const { id, options } = await stage.ask(token);
    expect((await stage.confirm(token, id, tooLong.register(options))).status).toBe(400);
  });

  it('[W-21] adds no passkey with a pending login in place of a session', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const { mfaToken } = await stage.begin('bob');
    expect((await denied(stage.booted, () => stage.add(mfaToken))).status).toBe(401);
    const { client } = stage.booted;
    const deux = await client.put('/mfa/webauthn/request/', { token: mfaToken, json: {} });
    expect(deux.status).toBe(401);
  });

  it('[W-23] names a user by a random handle, one for all passkeys of the user', async () => {
    const token = await stage.booted.client.token('bob');
    const handleOf = async () => (await stage.ask(token)).options.user.id;
    const { id, options } = await stage.ask(token);
    expect(Buffer.from(options.user.id, 'base64url')).toHaveLength(32);
    await stage.confirm(token, id, stage.passkey().register(options));
    expect(await handleOf()).toBe(options.user.id);
    const alice = await stage.ask(await stage.booted.client.token('alice'));
    expect(alice.options.user.id).not.toBe(options.user.id);
  });
});
