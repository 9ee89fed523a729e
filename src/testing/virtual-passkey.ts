import { randomKey } from '../crypto/randomness.js';
import type { ShownChallenge } from '../verification/shown-methods.js';
import { authenticatorData, sha256 } from './authenticator-data.js';
import { type CborValue, encodeCbor } from './cbor.js';
import { credentialJson, type PasskeyAssertion, type PasskeyCreationOptions } from './passkey-json.js';
import type { PasskeyRegistration, PasskeyRequestOptions } from './passkey-json.js';
import { canSign, makePasskeyKey, type PasskeyKey } from './passkey-key.js';
import { type PasskeyChanges, PasskeyTraits } from './passkey-traits.js';
import type { TestDevice, TestProof } from './test-device.js';

interface Credential {
  id: string;
  key: PasskeyKey;
  userHandle: string;
}

/**
 * A passkey in software, together with its browser. It answers the options of a registration and of a sign-in, without
 * attestation. Each call can ask for a wrong answer. It throws the errors that a browser would throw.
 * @example
 * ```ts
 * const passkey = new VirtualPasskey({ origin: 'https://bank.example' });
 * const registration = passkey.register(creationOptions);
 * const assertion = passkey.authenticate(requestOptions);
 * const forged = passkey.authenticate(requestOptions, { origin: 'https://evil.example' });
 * ```
 */
export class VirtualPasskey implements TestDevice {
  private readonly traits: PasskeyTraits;
  private credential?: Credential;
  private count = 0;

  constructor(traits: Pick<PasskeyTraits, 'origin'> & Partial<PasskeyTraits>) {
    this.traits = { ...new PasskeyTraits(), ...traits };
  }

  /** The id of its credential in base64url. */
  get id(): string {
    return this.registered().id;
  }

  /** Makes a credential and returns what `navigator.credentials.create()` would. A second call replaces the first credential. */
  register(options: PasskeyCreationOptions, changes: PasskeyChanges = {}): PasskeyRegistration {
    if (options.excludeCredentials?.some(({ id }) => id === this.credential?.id))
      throw new DOMException('The passkey is registered already.', 'InvalidStateError');
    const traits = { ...this.traits, ...changes };
    const id = traits.credentialId ?? randomKey().toString('base64url');
    const key = makePasskeyKey(traits.algorithm ?? offered(options), traits.keyPadding);
    this.credential = { id, key, userHandle: options.user.id };
    this.count = 0;
    const attested = { id: Buffer.from(id, 'base64url'), publicKey: key.cose };
    const data = authenticatorData(
      changes.rpId ?? rpIdOf(options.rp.id, traits),
      traits,
      changes.signCount ?? 0,
      attested,
    );
    const attestation = attestationObject(data);
    return credentialJson(id, {
      clientDataJSON: clientDataJson('webauthn.create', options.challenge, traits).toString('base64url'),
      attestationObject: base64url(changes.attestationObject?.(attestation) ?? attestation),
      authenticatorData: data.toString('base64url'),
      transports: ['hybrid', 'internal'],
      publicKey: key.spki.toString('base64url'),
      publicKeyAlgorithm: key.algorithm,
    });
  }

  /** Signs and returns what `navigator.credentials.get()` would. */
  authenticate(options: PasskeyRequestOptions, changes: PasskeyChanges = {}): PasskeyAssertion {
    const { id, key, userHandle } = this.registered();
    const allowed = options.allowCredentials ?? [];
    if (allowed.length > 0 && !allowed.some((credential) => credential.id === id))
      throw new DOMException('The server does not ask for this passkey.', 'NotAllowedError');
    const traits = { ...this.traits, ...changes };
    if (traits.counts) this.count += 1;
    const data = authenticatorData(
      changes.rpId ?? rpIdOf(options.rpId, traits),
      traits,
      changes.signCount ?? this.count,
    );
    const clientData = clientDataJson('webauthn.get', options.challenge, traits);
    const signature = key.sign(Buffer.concat([data, sha256(clientData)]));
    const handle = changes.userHandle === undefined ? userHandle : changes.userHandle;
    return credentialJson(changes.credentialId ?? id, {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: base64url(changes.signature?.(signature) ?? signature),
      ...(handle !== null && { userHandle: handle }),
    });
  }

  /** Answers a challenge that asks for a passkey. */
  answer({ input, options }: ShownChallenge): TestProof | undefined {
    return input === 'webauthn' ? { response: this.authenticate(options as PasskeyRequestOptions) } : undefined;
  }

  private registered(): Credential {
    if (!this.credential) throw new Error('VirtualPasskey: call `register` first.');
    return this.credential;
  }
}

function attestationObject(authData: Buffer): Buffer {
  const parts: [string, CborValue][] = [
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', authData],
  ];
  return encodeCbor(new Map(parts));
}

function offered({ pubKeyCredParams }: PasskeyCreationOptions): number {
  const first = pubKeyCredParams.find(({ alg }) => canSign(alg));
  if (!first) throw new DOMException('The server offers no algorithm of this passkey.', 'NotSupportedError');
  return first.alg;
}

function rpIdOf(rpId: string | undefined, { origin }: PasskeyTraits): string {
  return rpId ?? new URL(origin).hostname;
}

function clientDataJson(type: string, challenge: string, traits: PasskeyTraits & PasskeyChanges): Buffer {
  const right = { type, challenge, origin: traits.origin, crossOrigin: false };
  return Buffer.from(JSON.stringify({ ...right, ...traits.clientData }));
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
