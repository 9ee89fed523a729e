import { Injectable } from '@nestjs/common';
import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { fingerprint, sameText } from '../../crypto/keyed-hash.js';
import { SlowQueue } from '../../verification/slow-queue.js';

/** SHA-256 in hex, as the module keeps secrets. */
const FAST = /^[0-9a-f]{64}$/;

/** Django's default hash, as django-oauth-toolkit keeps secrets: iterations, salt, SHA-256 in base64. */
const DJANGO = /^pbkdf2_sha256\$([1-9]\d{0,6})\$([^$\0]{1,64})\$([A-Za-z0-9+/]{43}=)$/;

/** Characters from which a secret needs no slow hash: it was not made up by a person. */
const LONG = 32;

const derive = promisify(pbkdf2);

/** Compares secrets of clients with what is kept of them. */
@Injectable()
export class ClientSecrets {
  constructor(private readonly queue: SlowQueue) {}

  /** Says whether a text is a hash that `match` can compare with. */
  isHash(text: string): boolean {
    return FAST.test(text) || DJANGO.test(text);
  }

  /** Says whether a secret has this hash. @throws {MfaError} `unavailable` if too many slow ones wait */
  async match(secret: string, hash: string): Promise<boolean> {
    const [, iterations, salt, key] = DJANGO.exec(hash) ?? [];
    if (key === undefined) return sameText(fingerprint(secret), hash);
    // Anyone who knows a client's id can ask for these: each client waits for its own.
    const slow = () => derive(secret, salt!, Number(iterations), 32, 'sha256');
    const made = await this.queue.admit(hash, () => this.queue.run(hash, slow), 'unavailable');
    return sameText(made.toString('base64'), key);
  }

  /** Returns the hash to keep from now on, once a secret was right: a slow one would cost each token request a third of a second. */
  renewed(secret: string, hash: string): string {
    return secret.length >= LONG ? fingerprint(secret) : hash;
  }
}
