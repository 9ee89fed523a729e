import { scryptSync, timingSafeEqual } from 'node:crypto';

const SALT = 'the salt of a test';

/** A hash that costs little, for tests. */
export function hashOf(password: string): string {
  return scryptSync(password, SALT, 32, { N: 2 }).toString('hex');
}

/** Compares hashes as an application does. */
export function matches(passwordHash: string, password: string): boolean {
  return timingSafeEqual(Buffer.from(passwordHash), Buffer.from(hashOf(password)));
}
