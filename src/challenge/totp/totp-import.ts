import { definedOnly } from '../../core/options.js';
import { looksRandom } from '../../crypto/looks-random.js';
import { loadOtplib } from '../otplib.js';
import { KEY_BITS, type TotpKey } from './totp-key.js';

/** What another library has stored of an authenticator app, for `MultiFactorAuthService.importFactor`. */
export interface TotpImport {
  /** Base32 (RFC 4648), 80 to 512 bits. Case, padding, spaces and dashes do not matter. */
  secret: string;
  /** Default: `sha1`. */
  algorithm?: 'sha1' | 'sha256' | 'sha512';
  /** Default: 6. */
  digits?: 6 | 7 | 8;
  /** Seconds of one code. Default: 30. */
  period?: 30 | 60;
}

const DEFAULTS = { algorithm: 'sha1', digits: 6, period: 30 } as const;

const CHOICES: Record<keyof typeof DEFAULTS, readonly unknown[]> = {
  algorithm: ['sha1', 'sha256', 'sha512'],
  digits: [6, 7, 8],
  period: [30, 60],
};

/** Less than for keys of the module: old libraries made short ones, some of letters or digits alone. */
const LEAST_VARIETY = { bytes: 5, steps: 2 };

const KNOWN = ['secret', ...Object.keys(CHOICES)];

/** Returns the key of an imported app. @throws {TypeError} says what is wrong, and never quotes the secret */
export async function readImport(foreign: object): Promise<TotpKey> {
  refuseUnknown(foreign);
  const { secret, ...given } = foreign as TotpImport;
  const key = { ...DEFAULTS, ...definedOnly(given) };
  for (const [field, choices] of Object.entries(CHOICES)) {
    if (choices.includes(key[field as keyof typeof CHOICES])) continue;
    throw new TypeError(`\`${field}\` must be one of ${choices.join(', ')}.`);
  }
  const bytes = bytesOf(secret);
  const bits = bytes.length * 8;
  if (bits < KEY_BITS.least || bits > KEY_BITS.most)
    throw new TypeError(`\`secret\` has ${bits} bits. It must have ${KEY_BITS.least} to ${KEY_BITS.most}.`);
  if (!looksRandom(bytes, LEAST_VARIETY))
    throw new TypeError('`secret` is no random key: anybody could guess its codes. Have its user add the app again.');
  const { ScureBase32Plugin } = await loadOtplib();
  return { ...key, secret: new ScureBase32Plugin().encode(bytes) };
}

// Ignoring a foreign name, e.g. otplib's `step`, would lock its user out: the codes of the app would all be wrong.
function refuseUnknown(foreign: object): void {
  const unknown = Object.keys(foreign).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw new TypeError(`Unknown field \`${unknown}\`. Known fields: ${KNOWN.join(', ')}.`);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

// Left-over bits are dropped, as apps do. Keys that were drawn as random letters have some, and otplib refuses them.
function bytesOf(secret: unknown): Uint8Array {
  const letters = typeof secret === 'string' ? secret.replace(/[\s=-]/g, '').toUpperCase() : '';
  if (!/^[A-Z2-7]+$/.test(letters)) throw new TypeError("`secret` must be Base32, e.g. secret: 'JBSWY3DPEHPK3PXP'.");
  const bits = Array.from(letters, (letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(bits.match(/[01]{8}/g) ?? [], (byte) => parseInt(byte, 2));
}
