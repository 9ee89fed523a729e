import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MfaCredential } from '../../../src/index.js';
import { type CborValue, encodeCbor } from '../../../src/testing/cbor.js';
import { PLATFORMS } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { eventLog } from '../../support/event-log.js';
import { ORIGIN, PasskeyStage, WEBAUTHN } from '../../support/passkeys.js';

const WRONG = [400, 'invalid_mfa_code'];
const TOP = 'https://partner.example';

const { listener, events, count } = eventLog();
let stage: PasskeyStage;
afterEach(async () => {
  events.length = 0;
  await stage.close();
});

const flipped = (bytes: Buffer): Buffer => Buffer.from(bytes.with(-1, bytes.at(-1)! ^ 1));

describe.each(PLATFORMS)('a sign-in by passkey over %s', (platform) => {
  beforeEach(async () => {
    stage = await PasskeyStage.boot({ platform, mfa: { events: listener } });
  });

  it('W-02 takes an answer once, for the login that asked for it', async () => {
    const passkey = stage.passkey({ counts: false });
    await stage.enrolled('bob', passkey);
    const asked = await stage.begin('bob');
    const answer = passkey.authenticate(asked.options);
    expect((await stage.finish(asked, answer)).status).toBe(200);
    const again = await denied(stage.booted, () => stage.finish(asked, answer));
    expect(again.body['code']).toBe('invalid_mfa_token');
    expect(await stage.refusalOf('bob', () => answer)).toEqual(WRONG);
  });

  it('W-03 takes no registration, and a registration no sign-in', async () => {
    const [passkey, other] = [stage.passkey(), stage.passkey()];
    const token = await stage.enrolled('bob', passkey);
    expect(
      await stage.refusalOf('bob', (options) =>
        passkey.authenticate(options, { clientData: { type: 'webauthn.create' } }),
      ),
    ).toEqual(WRONG);
    const { id, options } = await stage.ask(token);
    const registration = other.register(options);
    expect(await stage.refusalOf('bob', () => registration)).toEqual(WRONG);
    const typed = stage.passkey().register(options, { clientData: { type: 'webauthn.get' } });
    expect((await stage.confirm(token, id, typed)).status).toBe(400);
    const assertion = other.authenticate({ challenge: options.challenge, rpId: 'bank.example' });
    expect((await stage.confirm(token, id, assertion)).status).toBe(400);
    expect((await stage.confirm(token, id, registration)).status).toBe(200);
  });

  it.each([
    'http://app.bank.example',
    'https://other.bank.example',
    'https://bank.example',
    'https://app.bank.example:8443',
    'https://app.bank.example.',
    'https://app.bank.example/',
    'HTTPS://APP.BANK.EXAMPLE',
    'null',
    '',
  ])('W-04 takes nothing from the origin %j', async (origin) => {
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    expect(
      await stage.refusalOf('bob', (options) => passkey.authenticate(options, { clientData: { origin } })),
    ).toEqual(WRONG);
    const { id, options } = await stage.ask(token);
    const registration = stage.passkey().register(options, { clientData: { origin } });
    expect((await stage.confirm(token, id, registration)).body['code']).toBe('invalid_mfa_code');
  });

  it('W-05 takes nothing for another domain', async () => {
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    for (const rpId of ['app.bank.example', 'evil.example', 'example']) {
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { rpId }))).toEqual(WRONG);
      const { id, options } = await stage.ask(token);
      expect((await stage.confirm(token, id, stage.passkey().register(options, { rpId }))).status).toBe(400);
    }
  });

  it('W-06 takes nothing that nobody has touched', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const absent = { userPresent: false, userVerified: false };
    expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, absent))).toEqual(WRONG);
  });

  it('W-07 takes no wrong signature, and none of another key', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const signature of [flipped, () => Buffer.alloc(70), (right: Buffer) => sign('sha256', right, privateKey)]) {
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { signature }))).toEqual(WRONG);
    }
  });

  it('W-08 W-19 takes no counter that is not higher, and tells the owner that the device may have been copied', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    await stage.signIn('bob', passkey, { signCount: 5 });
    for (const signCount of [5, 4, 0]) {
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { signCount }))).toEqual(WRONG);
    }
    expect(count('counter_refused', '2')).toBe(3);
    const forged = { signCount: 1, signature: flipped };
    expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, forged))).toEqual(WRONG);
    expect(count('counter_refused', '2')).toBe(3);
    await stage.signIn('bob', passkey, { signCount: 6 });
  });

  it('W-09 takes no challenge of another login, user or purpose, and none after its time', async () => {
    const [bobs, alices] = [stage.passkey(), stage.passkey()];
    const token = await stage.enrolled('bob', bobs);
    await stage.enrolled('alice', alices);
    const [bob, alice] = [await stage.begin('bob'), await stage.begin('alice')];
    const other = await stage.begin('bob');
    for (const { options } of [alice, other]) {
      const answer = bobs.authenticate({ ...options, allowCredentials: [] });
      expect((await denied(stage.booted, () => stage.finish(bob, answer))).body['code']).toBe('invalid_mfa_code');
    }
    const { options: registration } = await stage.ask(token);
    const misused = bobs.authenticate({ challenge: registration.challenge, rpId: 'bank.example' });
    expect((await stage.finish(bob, misused)).body['code']).toBe('invalid_mfa_code');
    const { body } = await stage.booted.client.post('/mfa/step-up/', { token, json: {} });
    const stepUp = (body['challenge'] as typeof other).options;
    expect((await stage.finish(bob, bobs.authenticate(stepUp))).body['code']).toBe('invalid_mfa_code');
    const late = bobs.authenticate(bob.options);
    stage.booted.clock.advance(301);
    expect((await stage.finish(bob, late)).body['code']).toBe('invalid_mfa_token');
  });

  it('W-10 registers no credential that another user has, nor the same one twice', async () => {
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

  it('W-11 answers garbage with 400, and too much of it with 413', async () => {
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

  it("W-11 reads no statement of an authenticator's maker: none was asked for, and nobody's certificates are fetched", async () => {
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

  it('W-12 tells nothing of passkeys to whoever has no password', async () => {
    await stage.enrolled('bob', stage.passkey());
    const { client } = stage.booted;
    const answers = await Promise.all(
      ['bob', 'alice', 'nobody'].map((username) => client.login(username, { password: 'wrong' })),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await client.post('/mfa/login/challenge/', { json: { method: 'passkeys' } })).status).toBe(400);
  });

  it('W-14 takes nothing that names another user', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const foreign = Buffer.alloc(32, 7).toString('base64url');
    expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { userHandle: foreign }))).toEqual(
      WRONG,
    );
    await stage.signIn('bob', passkey, { userHandle: null });
  });

  it('W-15 takes no passkey that could not be copied before, or no longer can', async () => {
    const [bound, synced] = [stage.passkey(), stage.passkey({ backupEligible: true })];
    await stage.enrolled('bob', bound);
    await stage.enrolled('alice', synced);
    const changed = [
      ['bob', bound, true],
      ['alice', synced, false],
    ] as const;
    for (const [name, passkey, backupEligible] of changed) {
      expect(await stage.refusalOf(name, (options) => passkey.authenticate(options, { backupEligible }))).toEqual(
        WRONG,
      );
    }
  });

  it('W-16 keeps that a passkey was copied, and tells it once', async () => {
    const passkey = stage.passkey({ backupEligible: true });
    await stage.enrolled('bob', passkey);
    await stage.signIn('bob', passkey, { backedUp: true });
    await stage.signIn('bob', passkey, { backedUp: true });
    expect(count('backup_state_changed', '2')).toBe(1);
  });

  it('W-17 offers three algorithms and takes no other', async () => {
    const token = await stage.enrolled('bob', stage.passkey());
    for (const algorithm of [-8, -7, -257]) await stage.register(token, stage.passkey({ algorithm }));
    const { id, options } = await stage.ask(token);
    expect(options['pubKeyCredParams']).toEqual([-8, -7, -257].map((alg) => ({ alg, type: 'public-key' })));
    const other = stage.passkey({ algorithm: -35 }).register(options);
    expect((await stage.confirm(token, id, other)).body['code']).toBe('invalid_mfa_code');
  });

  it('W-18 keeps long ids and keys exactly, and ids apart that differ in case', async () => {
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

  it('W-21 adds no passkey with a pending login in place of a session', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const { mfaToken } = await stage.begin('bob');
    expect((await denied(stage.booted, () => stage.add(mfaToken))).status).toBe(401);
    const { client } = stage.booted;
    const deux = await client.put('/mfa/webauthn/request/', { token: mfaToken, json: {} });
    expect(deux.status).toBe(401);
  });

  it('W-23 names a user by a random handle, one for all passkeys of the user', async () => {
    const token = await stage.booted.client.token('bob');
    const handleOf = async () => (await stage.ask(token)).options.user.id;
    const { id, options } = await stage.ask(token);
    expect(Buffer.from(options.user.id, 'base64url')).toHaveLength(32);
    await stage.confirm(token, id, stage.passkey().register(options));
    expect(await handleOf()).toBe(options.user.id);
    const alice = await stage.ask(await stage.booted.client.token('alice'));
    expect(alice.options.user.id).not.toBe(options.user.id);
  });

  it('W-24 reads its domain and origin from the options, whatever the request calls the host', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const headers = {
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      origin: 'https://evil.example',
    };
    const { body } = await stage.booted.client.post('/mfa/authtoken/login/', {
      headers,
      json: { username: 'bob', password: 'bob-password' },
    });
    expect(body['challenge']).toMatchObject({ options: { rpId: 'bank.example' } });
    const evil = { origin: 'https://evil.example', clientData: { origin: 'https://evil.example' } };
    expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, evil))).toEqual(WRONG);
  });
});

describe('frames and user verification', () => {
  it('W-13 takes nothing from a frame in a page of another origin', async () => {
    stage = await PasskeyStage.boot();
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    const frames = [
      { crossOrigin: true },
      { crossOrigin: true, topOrigin: TOP },
      { topOrigin: ORIGIN },
      { crossOrigin: 1 },
    ];
    for (const clientData of frames) {
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { clientData }))).toEqual(WRONG);
      const { id, options } = await stage.ask(token);
      const registration = stage.passkey().register(options, { clientData });
      expect((await stage.confirm(token, id, registration)).body['code']).toBe('invalid_mfa_code');
    }
  });

  it('W-13 takes an answer from a frame in a page that may show it, and in no other one', async () => {
    stage = await PasskeyStage.boot({ mfa: { webauthn: { ...WEBAUTHN, topOrigins: [TOP] } } });
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    await stage.signIn('bob', passkey, { clientData: { crossOrigin: true, topOrigin: TOP } });
    for (const topOrigin of [undefined, 'https://evil.example', `${TOP}.`]) {
      const clientData = { crossOrigin: true, topOrigin };
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { clientData }))).toEqual(WRONG);
    }
    const { id, options } = await stage.ask(token);
    const registration = stage.passkey().register(options, { clientData: { crossOrigin: true, topOrigin: TOP } });
    expect((await stage.confirm(token, id, registration)).status).toBe(200);
  });

  it.each(['required', 'preferred', 'discouraged'] as const)(
    'W-06 W-20 asks for and checks user verification by one policy: %s',
    async (userVerification) => {
      stage = await PasskeyStage.boot({ mfa: { webauthn: { ...WEBAUTHN, userVerification } } });
      const passkey = stage.passkey();
      const token = await stage.enrolled('bob', passkey);
      const { id, options } = await stage.ask(token);
      expect(options['authenticatorSelection']).toMatchObject({ userVerification });
      const registration = stage.passkey().register(options, { userVerified: false });
      const asked = await stage.begin('bob');
      expect(asked.options['userVerification']).toBe(userVerification);
      const finished = await stage.finish(asked, passkey.authenticate(asked.options, { userVerified: false }));
      const expected = userVerification === 'required' ? 400 : 200;
      expect([(await stage.confirm(token, id, registration)).status, finished.status]).toEqual([expected, expected]);
    },
  );

  it('B-18 stays open while wrong codes lock the user, and wrong answers lock nothing', async () => {
    stage = await PasskeyStage.boot();
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    for (let tries = 0; tries < 12; tries++) {
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { signature: flipped }))).toEqual(
        WRONG,
      );
    }
    await stage.signIn('bob', passkey);
  });
});
