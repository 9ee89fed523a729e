import type { Type } from '@nestjs/common';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KeyProvider } from '../../src/index.js';

/** A key service that the test holds, and the class for the option `keyProvider`. */
export interface TestKms {
  provider: Type<KeyProvider>;
  /** The key that wraps now; each name has a key of its own. */
  keyId: string;
  state: 'up' | 'down' | 'hangs';
  /** How often it was asked. */
  calls: number;
}

export function testKms(): TestKms {
  const keys = new Map<string, Buffer>();
  const keyOf = (id: string) => keys.get(id) ?? keys.set(id, randomBytes(32)).get(id)!;

  const kms: Omit<TestKms, 'provider'> = { keyId: 'kms-1', state: 'up', calls: 0 };

  class Provider extends KeyProvider {
    override readonly timeoutSeconds = 1;

    get keyId(): string {
      return kms.keyId;
    }

    async wrap(dataKey: Buffer): Promise<Buffer> {
      await answering();
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keyOf(kms.keyId), nonce);
      return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
    }

    async unwrap(wrapped: Buffer, keyId: string): Promise<Buffer | null> {
      await answering();
      try {
        const cipher = createDecipheriv('aes-256-gcm', keyOf(keyId), wrapped.subarray(0, 12), { authTagLength: 16 });
        cipher.setAuthTag(wrapped.subarray(-16));
        return Buffer.concat([cipher.update(wrapped.subarray(12, -16)), cipher.final()]);
      } catch {
        return null;
      }
    }
  }

  async function answering(): Promise<void> {
    kms.calls += 1;
    if (kms.state === 'down') throw new Error('the key service of account 4711 is down');
    if (kms.state === 'hangs') await new Promise(() => undefined);
  }
  return Object.assign(kms, { provider: Provider });
}
