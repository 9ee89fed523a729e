import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MultiFactorAuthService } from '../../../src/index.js';
import { PasskeyStage } from '../../support/passkeys.js';
import type { VirtualPasskey } from '../../../src/testing/virtual-passkey.js';

let stage: PasskeyStage;
let mfa: MultiFactorAuthService;
beforeEach(async () => {
  stage = await PasskeyStage.boot();
  mfa = stage.booted.app.get(MultiFactorAuthService);
});
afterEach(() => stage.close());

const USER_HANDLE = Buffer.from('another library').toString('base64url');

/** A passkey that another library has registered, and what that library has stored. */
function registered(passkey: VirtualPasskey): Record<string, unknown> {
  const user = { id: USER_HANDLE };
  const options = { challenge: 'AAAA', rp: { id: 'bank.example' }, user, pubKeyCredParams: [{ alg: -7 }] };
  const { id, response } = passkey.register(options);
  const authData = Buffer.from(response.authenticatorData, 'base64url');
  const publicKey = authData.subarray(37 + 16 + 2 + Buffer.from(id, 'base64url').length).toString('base64url');
  return {
    credentialId: id,
    publicKey,
    userHandle: USER_HANDLE,
    counter: 4,
    transports: ['usb'],
    backupEligible: false,
  };
}

describe('a passkey that another library has registered', () => {
  it('signs in as before, from its counter on', async () => {
    const passkey = stage.passkey();
    await mfa.importFactor('2', 'webauthn', { ...registered(passkey), name: 'Key' });
    const old = { signCount: 4 };
    expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, old))).toEqual([
      400,
      'invalid_mfa_code',
    ]);
    await stage.signIn('bob', passkey, { signCount: 5 });
  });

  it('[W-10] is imported once, for one user', async () => {
    const stored = registered(stage.passkey());
    await mfa.importFactor('2', 'webauthn', stored);
    for (const userId of ['1', '2']) {
      await expect(mfa.importFactor(userId, 'webauthn', stored)).rejects.toThrow(
        'Another factor has this device already.',
      );
    }
    expect((await mfa.status('1')).enabled).toBe(false);
  });

  it.each([
    ['credentialId', ''],
    ['credentialId', 'a+b/'],
    ['publicKey', 'AAAA'],
    ['userHandle', undefined],
    ['counter', -1],
    ['transports', 'usb'],
    ['backupEligible', undefined],
    ['backedUp', 1],
    ['credentialBackedUp', true],
  ])('is refused with `%s` as %j, and turns nothing on', async (field, value) => {
    const stored = { ...registered(stage.passkey()), [field]: value };
    await expect(mfa.importFactor('2', 'webauthn', stored)).rejects.toThrow(`\`${field}\``);
    expect((await mfa.status('2')).enabled).toBe(false);
  });

  it('cannot be enabled without what its authenticator has made', async () => {
    await expect(mfa.enable('2', 'webauthn', {})).rejects.toThrow('Use importFactor() for it.');
    expect((await mfa.status('2')).enabled).toBe(false);
  });
});
