import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { KeyRing } from './key-ring.js';
import { randomKey } from './randomness.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LABEL = 'nestjs-mfa/factor-state/v1';

/** What a sealed text belongs to. It opens nowhere else, so that rows and factors cannot be swapped in the database. */
export interface SealBinding {
  userId: string;
  factorId: string;
}

/** A sealed text that does not open: altered, moved to another row, or made with a key that is not in the ring. */
export class BrokenSeal extends Error {
  constructor(cause?: unknown) {
    super('A sealed state could not be opened.', { cause });
    this.name = 'BrokenSeal';
  }
}

/**
 * Seals what is secret in a row and opens it again: AES-256-GCM with a random 96-bit nonce (SP 800-38D §8.3), bound to
 * user and factor. The text is `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url.
 */
@Injectable()
export class Cipher {
  constructor(private readonly keys: KeyRing) {}

  /** Seals any JSON value with the primary key. */
  async seal(value: unknown, binding: SealBinding): Promise<string> {
    const id = this.keys.primary;
    const nonce = randomKey(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys.derive(id, LABEL)!, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData(binding));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return ['v1', id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** Opens a sealed value. @throws {BrokenSeal} */
  async open(text: string, binding: SealBinding): Promise<unknown> {
    const [version, id, nonce, sealed] = text.split('.');
    const key = version === 'v1' && id ? this.keys.derive(id, LABEL) : undefined;
    if (!key || !nonce || !sealed) throw new BrokenSeal();
    try {
      return JSON.parse(unseal(key, Buffer.from(nonce, 'base64url'), Buffer.from(sealed, 'base64url'), binding));
    } catch (cause) {
      throw new BrokenSeal(cause);
    }
  }
}

function unseal(key: Buffer, nonce: Buffer, sealed: Buffer, binding: SealBinding): string {
  // Without a fixed length, GCM accepts a tag cut to 4 bytes, which can be guessed.
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(binding));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
}

// JSON, because joining with a separator would let user `a|b` and factor `c` pass for user `a` and factor `b|c`.
function associatedData({ userId, factorId }: SealBinding): Buffer {
  return Buffer.from(JSON.stringify(['mfa', 'v1', 'factor-state', userId, factorId]));
}
