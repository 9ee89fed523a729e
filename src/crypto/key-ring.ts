import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Misconfiguration } from '../core/misconfiguration.js';
import { looksRandom } from './looks-random.js';

const KEY_BYTES = 32;
const LENGTHS = new Set([32, 64]);
/** Of 32 random bytes, 30 differ on average. A generator gives less than this once in a million million times. */
const LEAST_VARIETY = { bytes: 20, steps: 9 };
const EXAMPLE = 'e.g. keys: [process.env.MFA_KEY], with a key from `openssl rand -base64 32`';

/** The keys that seal secrets and hash tokens. New ones use the first key; the others only read older ones. */
export class KeyRing {
  /** The id of the key for new secrets. */
  readonly primary: string;
  /** The id of one key that does not depend on their order. */
  readonly lasting: string;
  private readonly masters: ReadonlyMap<string, Buffer>;
  /** What was derived, by key id and label. */
  private readonly derived: ReadonlyMap<string, Map<string, KeyObject>>;

  /** @param keys each 32 or 64 bytes, in base64, base64url or hex; the newest first. */
  constructor(keys: readonly (string | undefined)[]) {
    if (typeof keys === 'string') throw new Misconfiguration(`\`keys\` must be a list, ${EXAMPLE}.`);
    if (!Array.isArray(keys) || keys.length === 0) throw new Misconfiguration(`\`keys\` is missing, ${EXAMPLE}.`);
    this.masters = new Map(keys.map(decode).map((key) => [keyId(key), key]));
    this.derived = new Map(this.ids.map((id) => [id, new Map<string, KeyObject>()]));
    this.primary = this.ids[0]!;
    this.lasting = this.ids.toSorted()[0]!;
  }

  /** The ids of all keys, the one for new secrets first. */
  get ids(): string[] {
    return [...this.masters.keys()];
  }

  /** The 32-byte key for one purpose (HKDF-SHA-256, RFC 5869), or undefined for a key id that is not in the ring. */
  derive(id: string, label: string): KeyObject | undefined {
    const ofKey = this.derived.get(id);
    const known = ofKey?.get(label);
    if (!ofKey || known) return known;
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', this.masters.get(id)!, '', label, KEY_BYTES)));
    ofKey.set(label, key);
    return key;
  }
}

function decode(key: unknown, index: number): Buffer {
  if (typeof key !== 'string' || key === '') throw new Misconfiguration(`\`keys[${index}]\` is missing, ${EXAMPLE}.`);
  if (/^\s|^['"]|\s$|['"]$/.test(key)) {
    throw new Misconfiguration(`\`keys[${index}]\` has quotes or white space around it, ${EXAMPLE}.`);
  }
  const bytes = /^[0-9a-f]{64,}$/i.test(key) ? Buffer.from(key, 'hex') : Buffer.from(key, 'base64');
  if (!/^[\w+/=-]+$/.test(key) || !LENGTHS.has(bytes.length) || isTyped(bytes)) {
    throw new Misconfiguration(
      `\`keys[${index}]\` is not a random key of 32 or 64 bytes in base64 or hex, ${EXAMPLE}.`,
    );
  }
  return bytes;
}

// What people type or copy.
function isTyped(bytes: Buffer): boolean {
  const isText = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText || !looksRandom(bytes, LEAST_VARIETY);
}

// Derived from the key itself, so that nobody has to name keys, and one-way, so that a row tells nothing of its key.
function keyId(key: Buffer): string {
  return createHash('sha256').update('nestjs-mfa/key-id/v1').update(key).digest('hex').slice(0, 8);
}
