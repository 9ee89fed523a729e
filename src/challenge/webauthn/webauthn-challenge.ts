import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomKey } from '../../crypto/randomness.js';
import { type Begun, Challenge, type Enrolment, MfaChallenge, type Moment, type Verdict } from '../challenge.js';
import { judgeAuthentication } from './authentication.js';
import { hasPasskey, type Passkey, type WebAuthnState } from './passkey.js';
import { type PasskeyProof, readPasskeyProof } from './passkey-proof.js';
import { type Expected, readRegistration } from './registration.js';
import { type RelyingParty, relyingPartyOf } from './relying-party.js';
import { loadWebAuthn, type WebAuthnLibrary } from './webauthn-library.js';
import { WebAuthnOptions } from './webauthn-options.js';

/** The body of a request for a passkey: nothing. */
export class WebAuthnRequest {}

/** What the ceremony remembers until its answer. */
export interface WebAuthnPhase extends Expected {
  /** For a registration: what the authenticator knows the user by. */
  userHandle?: string;
}

/** Bytes of a challenge and of a user handle. */
const RANDOM_BYTES = 32;

/** Milliseconds that a browser waits for its user. */
const TIMEOUT = 300_000;

/**
 * A passkey or a security key (WebAuthn). It signs for the service's own pages only, so its proof cannot be phished, and nobody can guess
 * it. All passkeys of a user are one method at login, `passkeys`.
 */
@Injectable()
@MfaChallenge({
  type: 'webauthn',
  request: WebAuthnRequest,
  amr: ['hwk', 'user'],
  many: 'passkeys',
  input: 'webauthn',
  guessable: false,
  maxPerUser: 10,
})
export class WebAuthnChallenge
  extends Challenge<WebAuthnState, PasskeyProof, WebAuthnPhase, WebAuthnRequest>
  implements OnModuleInit
{
  private readonly party: RelyingParty;
  private library!: WebAuthnLibrary;

  constructor(private readonly options: WebAuthnOptions) {
    super();
    this.party = relyingPartyOf(options);
  }

  /** Loads the library, so the first user does not wait for it. */
  async onModuleInit(): Promise<void> {
    this.library = await loadWebAuthn();
  }

  enrol(): Enrolment<WebAuthnState> {
    return { state: { userHandle: randomText() }, hint: '' };
  }

  override begin(states: readonly WebAuthnState[], { user, purpose }: Moment): Promise<Begun<WebAuthnPhase>> {
    return purpose === 'enrolment' ? this.register(states, user.name) : this.authenticate(states);
  }

  /** Starts a login that nobody is named for: the authenticator says who it is (WebAuthn §1.2.2). */
  beginAlone(): Promise<Begun<WebAuthnPhase>> {
    return this.authenticate([], this.options.soleUserVerification);
  }

  read(raw: unknown): PasskeyProof | undefined {
    return readPasskeyProof(raw);
  }

  override pick(states: readonly WebAuthnState[], { id }: PasskeyProof): WebAuthnState | undefined {
    // A pending factor has no passkey yet.
    return states.find(({ passkey }) => passkey === undefined || passkey.id === id);
  }

  async verify(
    state: WebAuthnState,
    proof: PasskeyProof,
    { purpose, phase }: Moment<WebAuthnPhase | undefined>,
  ): Promise<Verdict<WebAuthnState>> {
    // Without a ceremony there is nothing that could have been signed.
    if (!phase) return { kind: 'wrong' };
    if (purpose === 'enrolment') return this.registered(state, proof, phase);
    const { party, library } = this;
    return hasPasskey(state) ? judgeAuthentication(state, proof, { ...phase, party, library }) : { kind: 'wrong' };
  }

  override same(one: WebAuthnState, other: WebAuthnState): boolean {
    return one.passkey !== undefined && one.passkey.id === other.passkey?.id;
  }

  override identity({ passkey }: WebAuthnState): string | undefined {
    return passkey?.id;
  }

  override signal(left: readonly WebAuthnState[], { userHandle }: WebAuthnState, { user }: Moment): object {
    const allAcceptedCredentialIds = left.filter(hasPasskey).map(({ passkey }) => passkey.id);
    return {
      rpId: this.party.id,
      userId: userHandle,
      allAcceptedCredentialIds,
      name: user.name,
      displayName: user.name,
    };
  }

  private async register([pending, ...others]: readonly WebAuthnState[], name: string): Promise<Begun<WebAuthnPhase>> {
    const { options, party, library } = this;
    const { userVerification } = options;
    const challenge = randomText();
    const userHandle = others[0]?.userHandle ?? pending!.userHandle;
    const shown = await library.server.generateRegistrationOptions({
      rpName: party.name,
      rpID: party.id,
      userID: bytesOf(userHandle),
      userName: name,
      userDisplayName: name,
      challenge: bytesOf(challenge),
      timeout: TIMEOUT,
      attestationType: 'none',
      excludeCredentials: others.filter(hasPasskey).map(({ passkey }) => descriptorOf(passkey)),
      authenticatorSelection: { residentKey: 'preferred', userVerification },
      supportedAlgorithmIDs: options.algorithms,
    });
    return { phase: { challenge, userVerification, userHandle }, show: { options: shown } };
  }

  private async authenticate(
    states: readonly WebAuthnState[],
    userVerification = this.options.userVerification,
  ): Promise<Begun<WebAuthnPhase>> {
    const challenge = randomText();
    const show = await this.library.server.generateAuthenticationOptions({
      rpID: this.party.id,
      allowCredentials: states.filter(hasPasskey).map(({ passkey }) => descriptorOf(passkey)),
      challenge: bytesOf(challenge),
      timeout: TIMEOUT,
      userVerification,
    });
    return { phase: { challenge, userVerification }, show };
  }

  private async registered(
    { userHandle }: WebAuthnState,
    proof: PasskeyProof,
    phase: WebAuthnPhase,
  ): Promise<Verdict<WebAuthnState>> {
    const { party, library } = this;
    const passkey = await readRegistration(proof, phase, { party, library, algorithms: this.options.algorithms });
    if (!passkey) return { kind: 'wrong' };
    return { kind: 'right', state: { userHandle: phase.userHandle ?? userHandle, passkey } };
  }
}

function descriptorOf({ id, transports }: Passkey): { id: string; transports: string[] } {
  return { id, transports };
}

function randomText(): string {
  return randomKey(RANDOM_BYTES).toString('base64url');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
