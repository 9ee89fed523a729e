import { Injectable } from '@nestjs/common';
import type { CipherKey } from 'node:crypto';
import { opened, sealed } from './aead.js';
import type { KeyProvider } from './key-provider.js';
import { KeyRing } from './key-ring.js';
import { MfaError } from '../core/mfa-error.js';
import { Misconfiguration } from '../core/misconfiguration.js';
import { randomKey } from './randomness.js';
import { withinSeconds } from '../core/within-seconds.js';

const LABEL = 'nestjs-mfa/factor-state/v1';
const KEY_ID = /^[\w-]{1,64}$/;

/** The owner of a sealed text. It opens for no other user or factor, so rows and factors cannot be swapped in the database. */
interface SealBinding {
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

/** What stands before nonce and ciphertext, and the key that it leads to. */
interface SealKey {
  head: string[];
  key: CipherKey;
}

/**
 * Seals what is secret in a row and opens it again, bound to user and factor. The text is `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url; with a key service
 * `v2.<key id>.<wrapped data key>.<nonce>.<ciphertext and tag>`.
 */
@Injectable()
export class Cipher {
  constructor(
    private readonly keys: KeyRing,
    private readonly provider?: KeyProvider,
  ) {
    if (provider && !(typeof provider.keyId === 'string' && KEY_ID.test(provider.keyId))) {
      throw new Misconfiguration("`keyProvider` has no `keyId` of letters, digits, - and _, e.g. keyId = 'mfa-2026'.");
    }
  }

  /** The id of the key for new seals. */
  get primary(): string {
    return this.provider?.keyId ?? this.keys.primary;
  }

  /** The ids of the application's `keys`, the newest first. */
  get ringIds(): string[] {
    return this.keys.ids;
  }

  /** Whether a text is sealed with the key for new seals. */
  isCurrent(text: string): boolean {
    return text.startsWith(`${this.provider ? 'v2' : 'v1'}.${this.primary}.`);
  }

  /** Seals any JSON value with the primary key. @throws {MfaError} `unavailable` if the key service does not answer */
  async seal(value: unknown, binding: SealBinding): Promise<string> {
    const { head, key } = await this.newKey();
    return [...head, sealed(value, key, associatedData(head[0]!, binding))].join('.');
  }

  /** Opens a sealed value. @throws {BrokenSeal} or {MfaError} `unavailable` if the key service does not answer */
  async open(text: string, binding: SealBinding): Promise<unknown> {
    const parts = text.split('.');
    const [head, body] = [parts.slice(0, -2), parts.slice(-2).join('.')];
    const key = await this.keyOf(head);
    if (!key) throw new BrokenSeal();
    try {
      return opened(body, key, associatedData(head[0]!, binding));
    } catch (cause) {
      throw new BrokenSeal(cause);
    }
  }

  /** The text sealed with the key for new seals, or the same text if it is already, or does not open. */
  async resealed(text: string, binding: SealBinding): Promise<string> {
    if (this.isCurrent(text)) return text;
    try {
      return await this.seal(await this.open(text, binding), binding);
    } catch (error) {
      if (error instanceof BrokenSeal) return text;
      throw error;
    }
  }

  private async newKey(): Promise<SealKey> {
    const { provider } = this;
    if (!provider) return { head: ['v1', this.primary], key: this.keys.derive(this.primary, LABEL)! };
    const key = randomKey();
    const wrapped = await asked(provider, (signal) => provider.wrap(key, signal));
    return { head: ['v2', provider.keyId, wrapped.toString('base64url')], key };
  }

  private async keyOf(head: string[]): Promise<CipherKey | null | undefined> {
    const { provider } = this;
    const [version, id = '', wrapped] = head;
    if (version === 'v1' && head.length === 2) return this.keys.derive(id, LABEL);
    if (version !== 'v2' || head.length !== 3 || !wrapped || !provider) return undefined;
    return asked(provider, (signal) => provider.unwrap(Buffer.from(wrapped, 'base64url'), id, signal));
  }
}

/** Returns the id of a seal's key, or undefined for a text that is no seal. */
export function sealKeyId(text: string): string | undefined {
  return /^v[12]\.([^.]+)\./.exec(text)?.[1];
}

// Nothing is known of a proof while the key is out of reach: neither right nor wrong, and no reason to turn MFA off.
async function asked<T>(provider: KeyProvider, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await withinSeconds(provider.timeoutSeconds, call);
  } catch (cause) {
    throw new MfaError('unavailable', { cause });
  }
}

// JSON, because joining with a separator would let user `a|b` and factor `c` pass for user `a` and factor `b|c`.
function associatedData(version: string, { userId, factorId }: SealBinding): Buffer {
  return Buffer.from(JSON.stringify(['mfa', version, 'factor-state', userId, factorId]));
}
