import type { Verdict } from '../challenge.js';
import { isExpected } from './client-data.js';
import type { PasskeyState } from './passkey.js';
import type { PasskeyProof } from './passkey-proof.js';
import type { Expected } from './registration.js';
import type { RelyingParty } from './relying-party.js';
import type { WebAuthnLibrary } from './webauthn-library.js';

type Judging = Expected & { party: RelyingParty; library: WebAuthnLibrary };

/** What the authenticator has signed, besides the challenge. */
interface Signed {
  counter: number;
  userVerified: boolean;
  backupEligible: boolean;
  backedUp: boolean;
}

/** Judges what a passkey has signed. The state after a right answer refuses the same answer. */
export async function judgeAuthentication(
  state: PasskeyState,
  proof: PasskeyProof,
  expected: Judging,
): Promise<Verdict<PasskeyState>> {
  const { passkey, userHandle } = state;
  if (proof.id !== passkey.id) return { kind: 'wrong' };
  if (expected.challenge === passkey.lastChallenge) return { kind: 'replayed' };
  // If the answer names a user, it must be the passkey's (WebAuthn §7.2 step 6). The library does not compare them.
  if (proof.userHandle !== undefined && proof.userHandle !== userHandle) return { kind: 'wrong' };
  const signed = await read(state, proof, expected);
  // Backup eligibility never changes (§6.1.3). If it differs, another passkey has signed.
  if (!signed || signed.backupEligible !== passkey.backupEligible) return { kind: 'wrong' };
  const { counter, userVerified, backedUp } = signed;
  if ((counter > 0 || passkey.counter > 0) && counter <= passkey.counter) {
    return { kind: 'wrong', notice: 'counter_refused' };
  }
  return {
    kind: 'right',
    state: { ...state, passkey: { ...passkey, counter, backedUp, lastChallenge: expected.challenge } },
    // A key that can be copied is a software key (RFC 8176 §2).
    amr: [passkey.backupEligible ? 'swk' : 'hwk', 'user'],
    userVerified,
    notice: backedUp === passkey.backedUp ? undefined : 'backup_state_changed',
  };
}

async function read(
  { passkey }: PasskeyState,
  { id, clientDataJSON, authenticatorData, signature }: PasskeyProof,
  { challenge, userVerification, party, library }: Judging,
): Promise<Signed | undefined> {
  if (authenticatorData === undefined || signature === undefined) return undefined;
  if (!isExpected(clientDataJSON, { type: 'webauthn.get', challenge, party })) return undefined;
  try {
    const response = { clientDataJSON, authenticatorData, signature };
    const { verified, authenticationInfo } = await library.server.verifyAuthenticationResponse({
      response: { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: party.origins,
      expectedTopOrigin: party.topOrigins,
      expectedRPID: party.id,
      requireUserVerification: userVerification === 'required',
      // Given the real counter, the library would throw for an old one before it checks the signature. The event
      // `counter_refused` needs a right signature.
      credential: { id, publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')), counter: 0 },
    });
    const {
      newCounter: counter,
      userVerified,
      credentialDeviceType,
      credentialBackedUp: backedUp,
    } = authenticationInfo;
    const backupEligible = credentialDeviceType === 'multiDevice';
    return verified ? { counter, userVerified, backupEligible, backedUp } : undefined;
  } catch {
    return undefined;
  }
}
