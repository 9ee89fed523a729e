import { describe, it } from 'vitest';
import { EmailChallenge, EmailOptions, WebAuthnChallenge, WebAuthnOptions, Words } from '../../src/index.js';
import { describeChallengeContract, Inbox, VirtualPasskey } from '../../src/testing.js';
import { WEBAUTHN } from '../support/passkeys.js';

const inbox = new Inbox();

describeChallengeContract('EmailChallenge', {
  describe,
  it,
  challenge: () => new EmailChallenge(inbox.mail, new Words(), new EmailOptions()),
  requests: [{ email: 'ada@example.com' }, { email: 'bob@example.com' }],
  prove: () => inbox.code(),
  wrong: '000000',
});

const [origin] = WEBAUTHN.origins as [string];
const passkeys = new Map<string, VirtualPasskey>();

type CreationOptions = Parameters<VirtualPasskey['register']>[0];
type RequestOptions = Parameters<VirtualPasskey['authenticate']>[0];

describeChallengeContract('WebAuthnChallenge', {
  describe,
  it,
  challenge: async () => {
    const challenge = new WebAuthnChallenge(Object.assign(new WebAuthnOptions(), WEBAUTHN));
    await challenge.onModuleInit();
    return challenge;
  },
  requests: [{}, {}],
  prove: ({ state, options, purpose }) => {
    if (purpose !== 'enrolment') return passkeys.get(state.userHandle)!.authenticate(options as RequestOptions);
    const passkey = new VirtualPasskey({ origin });
    passkeys.set(state.userHandle, passkey);
    return passkey.register((options as { options: CreationOptions }).options);
  },
  wrong: ofAStranger(),
});

function ofAStranger(): object {
  const passkey = new VirtualPasskey({ origin });
  const challenge = Buffer.alloc(32).toString('base64url');
  passkey.register({ challenge, rp: { id: 'bank.example' }, user: { id: 'AAAA' }, pubKeyCredParams: [{ alg: -7 }] });
  return passkey.authenticate({ challenge, rpId: 'bank.example' });
}
