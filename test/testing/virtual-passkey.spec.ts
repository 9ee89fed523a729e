import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { describe, expect, it } from 'vitest';
import type { PasskeyChanges } from '../../src/testing/passkey-traits.js';
import { VirtualPasskey } from '../../src/testing/virtual-passkey.js';

const ORIGIN = 'https://app.bank.example';
const RP_ID = 'bank.example';
const EXPECTED = { expectedOrigin: ORIGIN, expectedRPID: RP_ID, requireUserVerification: true };

function creationOptions(algorithms: number[] = [-8, -7, -257], excluded: string[] = []) {
  return generateRegistrationOptions({
    rpName: 'Bank',
    rpID: RP_ID,
    userName: 'ada',
    supportedAlgorithmIDs: algorithms,
    excludeCredentials: excluded.map((id) => ({ id })),
  });
}

async function registered(passkey: VirtualPasskey, changes?: PasskeyChanges, algorithms?: number[]) {
  const options = await creationOptions(algorithms);
  const response = passkey.register(options, changes);
  const verified = await verifyRegistrationResponse({
    ...EXPECTED,
    response,
    expectedChallenge: options.challenge,
    supportedAlgorithmIDs: algorithms,
  });
  return { options, response, info: verified.registrationInfo! };
}

type Credential = Awaited<ReturnType<typeof registered>>['info']['credential'];

async function signedIn(passkey: VirtualPasskey, credential: Credential, changes?: PasskeyChanges) {
  const options = await generateAuthenticationOptions({ rpID: RP_ID, allowCredentials: [{ id: credential.id }] });
  const response = passkey.authenticate(options, changes);
  const { challenge: expectedChallenge } = options;
  const verified = await verifyAuthenticationResponse({ ...EXPECTED, response, expectedChallenge, credential });
  return { response, ...verified };
}

const passkeyWith = (traits?: PasskeyChanges) => new VirtualPasskey({ origin: ORIGIN, ...traits });

describe('a virtual passkey', () => {
  it.each([-7, -8, -257, -35])('registers and signs in with the algorithm %i', async (algorithm) => {
    const passkey = passkeyWith();
    const { response, info } = await registered(passkey, undefined, [algorithm]);
    expect([info.fmt, info.userVerified, info.credential.id]).toEqual(['none', true, passkey.id]);
    expect(response.response.publicKeyAlgorithm).toBe(algorithm);
    expect((await signedIn(passkey, info.credential)).verified).toBe(true);
  });

  it('takes the first algorithm offered that it can', async () => {
    const { response } = await registered(passkeyWith(), undefined, [-257, -7]);
    expect(response.response.publicKeyAlgorithm).toBe(-257);
    const unknown = { ...(await creationOptions()), pubKeyCredParams: [{ alg: -65_535 }] };
    expect(() => passkeyWith().register(unknown)).toThrow(expect.objectContaining({ name: 'NotSupportedError' }));
  });

  it('counts its signatures, unless it is one that does not', async () => {
    const [counting, synced] = [passkeyWith(), passkeyWith({ counts: false, backupEligible: true, backedUp: true })];
    const [first, second] = [await registered(counting), await registered(synced)];
    expect([first.info.credential.counter, second.info.credential.counter]).toEqual([0, 0]);
    const counts = [];
    for (const [passkey, { info }] of [
      [counting, first],
      [counting, first],
      [synced, second],
    ] as const)
      counts.push((await signedIn(passkey, info.credential)).authenticationInfo.newCounter);
    expect(counts).toEqual([1, 2, 0]);
  });

  it('shows its flags', async () => {
    const synced = await registered(passkeyWith({ backupEligible: true, backedUp: true }));
    expect([synced.info.credentialDeviceType, synced.info.credentialBackedUp]).toEqual(['multiDevice', true]);
    const bound = await registered(passkeyWith());
    expect([bound.info.credentialDeviceType, bound.info.credentialBackedUp]).toEqual(['singleDevice', false]);
    const later = passkeyWith();
    const { info } = await registered(later);
    const { authenticationInfo } = await signedIn(later, info.credential, { backupEligible: true, backedUp: true });
    expect(authenticationInfo).toMatchObject({ credentialDeviceType: 'multiDevice', credentialBackedUp: true });
  });

  it('answers with the user handle of its registration, or with another one', async () => {
    const passkey = passkeyWith();
    const { options, info } = await registered(passkey);
    const handles = [];
    for (const changes of [{}, { userHandle: 'AAAA' }, { userHandle: null }])
      handles.push((await signedIn(passkey, info.credential, changes)).response.response.userHandle);
    expect(handles).toEqual([options.user.id, 'AAAA', undefined]);
  });

  it('has long ids and long keys on request', async () => {
    const id = Buffer.alloc(1023, 7).toString('base64url');
    const passkey = passkeyWith({ credentialId: id, keyPadding: 4000 });
    const { info } = await registered(passkey);
    expect([info.credential.id, info.credential.publicKey.length > 4000]).toEqual([id, true]);
    expect((await signedIn(passkey, info.credential)).verified).toBe(true);
  });

  it('refuses what a browser refuses', async () => {
    const passkey = passkeyWith();
    const { info } = await registered(passkey);
    const again = await creationOptions(undefined, [info.credential.id]);
    expect(() => passkey.register(again)).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
    const foreign = { challenge: 'AAAA', rpId: RP_ID, allowCredentials: [{ id: 'AAAA' }] };
    expect(() => passkey.authenticate(foreign)).toThrow(expect.objectContaining({ name: 'NotAllowedError' }));
    expect(() => passkeyWith().authenticate(foreign)).toThrow('call `register` first');
  });
});

describe('a virtual passkey that answers wrongly', () => {
  const WRONG: Record<string, [changes: PasskeyChanges, complaint: string]> = {
    'another origin': [{ origin: 'https://evil.example' }, 'origin'],
    'another challenge': [{ clientData: { challenge: 'AAAA' } }, 'challenge'],
    'another RP ID': [{ rpId: 'evil.example' }, 'RP ID'],
    'no user verification': [{ userVerified: false }, 'verif'],
    'no user presence': [{ userPresent: false }, 'present'],
  };

  it.each(Object.entries(WRONG))('registers with %s', async (_, [changes, complaint]) => {
    await expect(registered(passkeyWith(), changes)).rejects.toThrow(complaint);
  });

  it.each([
    ...Object.entries(WRONG),
    ['the type of a registration', [{ clientData: { type: 'webauthn.create' } }, 'type']] as const,
    ['a lower counter', [{ signCount: 0 }, 'counter']] as const,
  ])('signs in with %s', async (_, [changes, complaint]) => {
    const passkey = passkeyWith();
    const { info } = await registered(passkey);
    await signedIn(passkey, info.credential);
    const credential = { ...info.credential, counter: 1 };
    await expect(signedIn(passkey, credential, changes)).rejects.toThrow(complaint);
  });

  it('signs with one bit flipped', async () => {
    const passkey = passkeyWith({ algorithm: -8 });
    const { info } = await registered(passkey);
    const signature = (right: Buffer) => right.with(5, right[5]! ^ 1);
    expect((await signedIn(passkey, info.credential, { signature })).verified).toBe(false);
  });

  it('says that it was used in a foreign page, which the library takes', async () => {
    const passkey = passkeyWith();
    const clientData = { crossOrigin: true };
    const { info } = await registered(passkey, { clientData });
    const { verified, response } = await signedIn(passkey, info.credential, { clientData });
    const said: unknown = JSON.parse(Buffer.from(response.response.clientDataJSON, 'base64url').toString());
    expect([verified, said]).toMatchObject([true, { type: 'webauthn.get', origin: ORIGIN, crossOrigin: true }]);
  });

  it('sends garbage in place of an attestation', async () => {
    const attestationObject = () => Buffer.alloc(100, 0xff);
    await expect(registered(passkeyWith(), { attestationObject })).rejects.toThrow('not well formed');
  });
});
