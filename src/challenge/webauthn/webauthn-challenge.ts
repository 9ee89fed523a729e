import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomToken } from '../../crypto/randomness.js';
import { type Begun, Challenge, type Enrolment, MfaChallenge, type Moment, type Verdict } from '../challenge.js';
import { judgeAuthentication } from './authentication.js';
import { creationOptions, requestOptions } from './browser-options.js';
import { hasPasskey, type WebAuthnState } from './passkey.js';
import { readPasskeyImport } from './passkey-import.js';
import { type PasskeyProof, readPasskeyProof } from './passkey-proof.js';
import { type Expected, readRegistration } from './registration.js';
import { type RelyingParty, relyingPartyOf } from './relying-party.js';
import { loadWebAuthn, type WebAuthnLibrary } from './webauthn-library.js';
import { WebAuthnOptions } from './webauthn-options.js';

/** The body of a request for a passkey: nothing. */
export class WebAuthnRequest {}

/** What the module keeps from the start of a ceremony until its answer. */
export interface WebAuthnPhase extends Expected {
  /** The user handle of a registration. */
  userHandle?: string;
}

/**
 * A passkey or a security key (WebAuthn). It signs only for the service's own pages, so its proof cannot be phished. It
 * cannot be guessed either. At login, all passkeys of a user are one method, `passkeys`.
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
    return { state: { userHandle: randomToken() }, hint: '' };
  }

  override import(foreign: object): Enrolment<WebAuthnState> {
    return { state: readPasskeyImport(foreign, this.options.algorithms, this.library), hint: '' };
  }

  override begin(states: readonly WebAuthnState[], { user, purpose }: Moment): Promise<Begun<WebAuthnPhase>> {
    return purpose === 'enrolment' ? this.register(states, user.name) : this.authenticate(states);
  }

  /** Starts a login without a user name: the authenticator says who the user is (WebAuthn §1.2.2). */
  beginAlone(): Promise<Begun<WebAuthnPhase>> {
    return this.authenticate([], this.options.soleUserVerification);
  }

  read(raw: unknown): PasskeyProof | undefined {
    return readPasskeyProof(raw);
  }

  override pick(states: readonly WebAuthnState[], { id }: PasskeyProof): WebAuthnState | undefined {
    const found = states.find(({ passkey }) => passkey?.id === id);
    // A pending factor has no passkey yet.
    return found ?? states.find(({ passkey }) => passkey === undefined);
  }

  async verify(
    state: WebAuthnState,
    proof: PasskeyProof,
    { purpose, phase }: Moment<WebAuthnPhase | undefined>,
  ): Promise<Verdict<WebAuthnState>> {
    // Without a ceremony, there is no challenge that the passkey could have signed.
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

  private async register(
    [pending, ...others]: readonly WebAuthnState[],
    userName: string,
  ): Promise<Begun<WebAuthnPhase>> {
    const { userVerification, algorithms } = this.options;
    const userHandle = others[0]?.userHandle ?? pending!.userHandle;
    const phase = { challenge: randomToken(), userVerification, userHandle };
    const { party, library } = this;
    const options = await creationOptions({ ...phase, userName, others }, { party, algorithms, library });
    return { phase, show: { options } };
  }

  private async authenticate(
    states: readonly WebAuthnState[],
    userVerification = this.options.userVerification,
  ): Promise<Begun<WebAuthnPhase>> {
    const phase = { challenge: randomToken(), userVerification };
    const { party, library } = this;
    return { phase, show: await requestOptions(states, phase, { party, library }) };
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
