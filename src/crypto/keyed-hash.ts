import { Injectable } from '@nestjs/common';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { KeyRing } from './key-ring.js';

/** Hashes tokens for storage, so that a copy of the database opens no session. HMAC-SHA-256, in hex. */
@Injectable()
export class KeyedHash {
  constructor(private readonly keys: KeyRing) {}

  /** The hash to store. `label` keeps the hashes of different things apart. */
  hash(label: string, text: string): string {
    return this.hashWith(this.keys.primary, label, text);
  }

  /**
   * The same with one key that does not depend on their order: what is hashed so is found again while a rotation puts
   * another key first, and until that one key comes or goes.
   */
  lasting(label: string, text: string): string {
    return this.hashWith(this.keys.lasting, label, text);
  }

  /** Every hash that may have been stored for this text, one for each key in the ring. */
  candidates(label: string, text: string): string[] {
    return this.keys.ids.map((id) => this.hashWith(id, label, text));
  }

  private hashWith(id: string, label: string, text: string): string {
    return createHmac('sha256', this.keys.derive(id, `nestjs-mfa/${label}/v1`)!)
      .update(text)
      .digest('hex');
  }
}

/** Returns SHA-256 in hex. For a secret of at least 128 random bits, a slow hash would protect no better. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compares two texts in constant time. */
export function sameText(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(fingerprint(left)), Buffer.from(fingerprint(right)));
}
