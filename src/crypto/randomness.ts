import { randomBytes, randomUUID } from 'node:crypto';

/** The only source of randomness. */
export function randomKey(bytes = 32): Buffer {
  return randomBytes(bytes);
}

/** A token that nobody can guess: 32 random bytes in base64url. */
export function randomToken(): string {
  return randomKey().toString('base64url');
}

/** An identifier without meaning. */
export function randomId(): string {
  return randomUUID();
}

/** A number from 0 to 1, without 1: for what need not be secret. */
export function randomFraction(): number {
  return randomKey(4).readUInt32BE() / 2 ** 32;
}

/** `length` characters of `alphabet`, all equally likely. The alphabet's size must divide 256, so that no character is favoured. */
export function randomText(length: number, alphabet: string): string {
  if (256 % alphabet.length !== 0)
    throw new RangeError('an alphabet must have 2, 4, 8, 16, 32, 64, 128 or 256 characters');
  return Array.from(randomKey(length), (byte) => alphabet[byte % alphabet.length]).join('');
}
