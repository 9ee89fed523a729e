import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

// A real password hash takes tens of milliseconds and would hide everything else that a login does.

/** A salted hash of a password that costs next to nothing. Only for measurements. */
export function hashFast(password: string): string {
  const salt = randomBytes(16).toString('hex');
  return `${salt}:${digest(salt, password).toString('hex')}`;
}

export function verifyFast(passwordHash: string, password: string): boolean {
  const [salt = '', expected = ''] = passwordHash.split(':');
  return timingSafeEqual(digest(salt, password), Buffer.from(expected, 'hex'));
}

function digest(salt: string, password: string): Buffer {
  return createHash('sha256').update(salt).update(password).digest();
}
