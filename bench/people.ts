import { createHash } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Somebody who signs in. Everything follows from the number, so that every process knows the same people. */
export interface Person {
  username: string;
  password: string;
  /** The key of the authenticator app, in base32. */
  secret: string;
  /** A phone of their own: the limits of one phone are shared by whoever uses it. */
  phoneNumber: string;
}

export function people(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => person(index));
}

function person(index: number): Person {
  const digest = createHash('sha256').update(`person ${index}`).digest();
  return {
    username: `person-${index}@example.com`,
    password: `the password of person ${index}`,
    secret: Array.from(digest, (byte) => BASE32[byte % BASE32.length]).join(''),
    phoneNumber: `1408586${String(index).padStart(4, '0')}`,
  };
}
