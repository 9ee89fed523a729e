import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { eventLog } from '../../support/event-log.js';
import { PasskeyStage } from '../../support/passkeys.js';

const WRONG = [400, 'invalid_mfa_code'];

const { listener, events, count } = eventLog();
let stage: PasskeyStage;
afterEach(async () => {
  events.length = 0;
  await stage.close();
});

const flipped = (bytes: Buffer): Buffer => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]);

describe.each(PLATFORMS)('a sign-in by passkey over %s', (platform) => {
  beforeEach(async () => {
    stage = await PasskeyStage.boot({ platform, mfa: { events: listener } });
  });

  it('[W-02] takes an answer once, for the login that asked for it', async () => {
    const passkey = stage.passkey({ counts: false });
    await stage.enrolled('bob', passkey);
    const asked = await stage.begin('bob');
    const answer = passkey.authenticate(asked.options);
    expect((await stage.finish(asked, answer)).status).toBe(200);
    const again = await denied(stage.booted, () => stage.finish(asked, answer));
    expect(again.body['code']).toBe('invalid_mfa_token');
    expect(await stage.refusalOf('bob', () => answer)).toEqual(WRONG);
  });

  it('[W-03] takes no registration, and a registration no sign-in', async () => {
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
  ])('[W-04] takes nothing from the origin %j', async (origin) => {
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    expect(
      await stage.refusalOf('bob', (options) => passkey.authenticate(options, { clientData: { origin } })),
    ).toEqual(WRONG);
    const { id, options } = await stage.ask(token);
    const registration = stage.passkey().register(options, { clientData: { origin } });
    expect((await stage.confirm(token, id, registration)).body['code']).toBe('invalid_mfa_code');
  });

  it('[W-05] takes nothing for another domain', async () => {
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    for (const rpId of ['app.bank.example', 'evil.example', 'example']) {
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { rpId }))).toEqual(WRONG);
      const { id, options } = await stage.ask(token);
      expect((await stage.confirm(token, id, stage.passkey().register(options, { rpId }))).status).toBe(400);
    }
  });

  it('[W-06] takes nothing that nobody has touched', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const absent = { userPresent: false, userVerified: false };
    expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, absent))).toEqual(WRONG);
  });

  it('[W-07] takes no wrong signature, and none of another key', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const signature of [flipped, () => Buffer.alloc(70), (right: Buffer) => sign('sha256', right, privateKey)]) {
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { signature }))).toEqual(WRONG);
    }
  });

  it('[W-08] [W-19] takes no counter that is not higher, and tells the owner that the device may have been copied', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    await stage.signIn('bob', passkey, { signCount: 5 });
    for (const signCount of [5, 4, 0]) {
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { signCount }))).toEqual(WRONG);
    }
    // Once until the next right answer: a copy that keeps trying is no flood of mails.
    expect(count('counter_refused', '2')).toBe(1);
    const forged = { signCount: 1, signature: flipped };
    expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, forged))).toEqual(WRONG);
    expect(count('counter_refused', '2')).toBe(1);
    await stage.signIn('bob', passkey, { signCount: 6 });
  });

  it('[W-09] takes no challenge of another login, user or purpose, and none after its time', async () => {
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

  it('[W-12] tells nothing of passkeys to a client without the password', async () => {
    await stage.enrolled('bob', stage.passkey());
    const { client } = stage.booted;
    const answers = await Promise.all(
      ['bob', 'alice', 'nobody'].map((username) => client.login(username, { password: 'wrong' })),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await client.post('/mfa/login/challenge/', { json: { method: 'passkeys' } })).status).toBe(400);
  });

  it('[W-14] takes nothing that names another user', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const foreign = Buffer.alloc(32, 7).toString('base64url');
    expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { userHandle: foreign }))).toEqual(
      WRONG,
    );
    await stage.signIn('bob', passkey, { userHandle: null });
  });

  it('[W-15] takes no passkey that could not be copied before, or no longer can', async () => {
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

  it('[W-16] keeps that a passkey was copied, and tells it once', async () => {
    const passkey = stage.passkey({ backupEligible: true });
    await stage.enrolled('bob', passkey);
    await stage.signIn('bob', passkey, { backedUp: true });
    await stage.signIn('bob', passkey, { backedUp: true });
    expect(count('backup_state_changed', '2')).toBe(1);
  });

  it('[W-24] reads its domain and origin from the options, whatever the request calls the host', async () => {
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
