import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** Returns random bytes. The only source of randomness. */
export function randomKey(bytes = 32): Buffer {
  return randomBytes(bytes);
}

/** Returns a token that nobody can guess: 32 random bytes in base64url. */
export function randomToken(): string {
  return randomKey().toString('base64url');
}

/** Returns a random id. */
export function randomId(): string {
  return randomUUID();
}

/** Returns a number from 0 to 1, without 1. It need not be secret. */
export function randomFraction(): number {
  return randomKey(4).readUInt32BE() / 2 ** 32;
}

/** Returns a whole number from 0 to `most`, without `most`. */
export function randomNumber(most: number): number {
  return randomInt(most);
}

/** Returns `length` characters of `alphabet`. Its size must divide 256, so all characters are equally likely. */
export function randomText(length: number, alphabet: string): string {
  if (256 % alphabet.length !== 0)
    throw new RangeError('an alphabet must have 2, 4, 8, 16, 32, 64, 128 or 256 characters');
  return Array.from(randomKey(length), (byte) => alphabet[byte % alphabet.length]).join('');
}
