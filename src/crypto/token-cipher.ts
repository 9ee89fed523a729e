import { Injectable } from '@nestjs/common';
import { opened, sealed } from './aead.js';
import { KeyRing } from './key-ring.js';

const LABEL = 'nestjs-mfa/mfa-token/v1';
const VERSION = 't1';

/** Longer than any token that the module makes. */
const MAX_LENGTH = 8192;

/** What a token is bound to: no sealed state of a factor opens as one, and the reverse. */
const DATA = Buffer.from(JSON.stringify(['mfa', VERSION, 'mfa-token']));

/**
 * Seals what a client keeps for the module until its next request, as `t1.<key id>.<nonce>.<ciphertext and tag>`. It uses the
 * application's `keys`, also where a key service seals the factors: a login must not wait for it, and a token lives for minutes.
 */
@Injectable()
export class TokenCipher {
  constructor(private readonly keys: KeyRing) {}

  /** Seals any JSON value. */
  seal(value: unknown): string {
    const { primary } = this.keys;
    return `${VERSION}.${primary}.${sealed(value, this.keys.derive(primary, LABEL)!, DATA)}`;
  }

  /** Opens a token that a client has sent, or returns undefined for anything else. */
  open(text: unknown): unknown {
    if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined;
    const [, id, body] = /^t1\.([0-9a-f]{8})\.([\w-]+\.[\w-]+)$/.exec(text) ?? [];
    const key = id === undefined ? undefined : this.keys.derive(id, LABEL);
    if (!key) return undefined;
    try {
      return opened(body!, key, DATA);
    } catch {
      return undefined;
    }
  }
}
