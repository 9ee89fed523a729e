import { type CipherKey, createCipheriv, createDecipheriv } from 'node:crypto';
import { randomKey } from './randomness.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals any JSON value: AES-256-GCM with a random 96-bit nonce (SP 800-38D §8.3), as `<nonce>.<ciphertext and tag>` in base64url.
 * @param data what the text is bound to: it opens with the same data only
 */
export function sealed(value: unknown, key: CipherKey, data: Buffer): string {
  const nonce = randomKey(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(data);
  const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${nonce.toString('base64url')}.${text.toString('base64url')}`;
}

/** Opens a sealed value. @throws if it was altered, or made with another key or other data */
export function opened(text: string, key: CipherKey, data: Buffer): unknown {
  const [nonce, bytes] = text.split('.').map(decoded);
  // Without a fixed length, GCM accepts a tag cut to 4 bytes, which can be guessed.
  const decipher = createDecipheriv('aes-256-gcm', key, nonce!, { authTagLength: TAG_BYTES });
  decipher.setAAD(data);
  decipher.setAuthTag(bytes!.subarray(-TAG_BYTES));
  return JSON.parse(
    Buffer.concat([decipher.update(bytes!.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8'),
  );
}

// Node ignores what does not belong to Base64. One seal must have one spelling, or a list of used ones could be passed by.
function decoded(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw new TypeError('A sealed text is not in base64url.');
  return bytes;
}
