import { definedOnly } from '../../core/options.js';
import type { PasskeyState } from './passkey.js';
import type { WebAuthnLibrary } from './webauthn-library.js';

/** What another library has stored of a passkey, for `MultiFactorAuthService.importFactor`. */
export interface PasskeyImport {
  /** The id of the credential, in base64url. */
  credentialId: string;
  /** The public key in COSE, in base64url. */
  publicKey: string;
  /** What authenticators know the user by, in base64url: `user.id` of the registration. */
  userHandle: string;
  /** The last counter. Default: 0. */
  counter?: number;
  /** How browsers reach it, e.g. `['internal']`. */
  transports?: string[];
  /** Whether it can be copied to other devices: `true` for `credentialDeviceType: 'multiDevice'` of SimpleWebAuthn. */
  backupEligible: boolean;
  /** Whether it has been copied. Default: false. */
  backedUp?: boolean;
}

const DEFAULTS = { counter: 0, transports: [] as string[], backedUp: false };
const KNOWN = ['credentialId', 'publicKey', 'userHandle', 'backupEligible', ...Object.keys(DEFAULTS)];

/** Bytes of each. */
const LONGEST = { credentialId: 1023, publicKey: 8192, userHandle: 64 } as const;

/** Returns the state of an imported passkey. @throws {TypeError} says what is wrong */
export function readPasskeyImport(foreign: object, algorithms: number[], library: WebAuthnLibrary): PasskeyState {
  const unknown = Object.keys(foreign).find((name) => !KNOWN.includes(name));
  // Ignoring a foreign name, e.g. `credentialBackedUp`, would refuse its user at the next login.
  if (unknown !== undefined) throw new TypeError(`Unknown field \`${unknown}\`. Known fields: ${KNOWN.join(', ')}.`);
  const given = { ...DEFAULTS, ...definedOnly(foreign) } as Required<PasskeyImport>;
  checkTexts(given);
  checkRest(given);
  checkKey(given.publicKey, algorithms, library);
  const { credentialId: id, userHandle, ...passkey } = given;
  return { userHandle, passkey: { id, ...passkey, lastChallenge: '' } };
}

function checkTexts(given: PasskeyImport): void {
  for (const [field, most] of Object.entries(LONGEST)) {
    const text: unknown = given[field as keyof typeof LONGEST];
    const bytes = typeof text === 'string' ? Buffer.from(text, 'base64url') : Buffer.alloc(0);
    if (bytes.length > 0 && bytes.length <= most && bytes.toString('base64url') === text) continue;
    throw new TypeError(`\`${field}\` must be base64url without padding, of 1 to ${most} bytes.`);
  }
}

function checkRest({ counter, transports, backupEligible, backedUp }: Required<PasskeyImport>): void {
  if (!Number.isInteger(counter) || counter < 0) throw new TypeError('`counter` must be a whole number from 0.');
  const areTexts = Array.isArray(transports) && transports.every((one) => typeof one === 'string');
  if (!areTexts) throw new TypeError("`transports` must be a list of texts, e.g. ['internal'].");
  for (const [field, value] of Object.entries({ backupEligible, backedUp })) {
    if (typeof value !== 'boolean') throw new TypeError(`\`${field}\` must be true or false.`);
  }
}

function checkKey(publicKey: string, algorithms: number[], { helpers }: WebAuthnLibrary): void {
  let algorithm: unknown;
  try {
    const key = helpers.decodeCredentialPublicKey(helpers.isoBase64URL.toBuffer(publicKey));
    algorithm = key.get(helpers.cose.COSEKEYS.alg);
  } catch {
    throw new TypeError('`publicKey` is no COSE key.');
  }
  if (algorithms.includes(algorithm as number)) return;
  throw new TypeError(
    `\`publicKey\` has the algorithm ${String(algorithm)}. \`webauthn.algorithms\` has ${algorithms.join(', ')}.`,
  );
}
