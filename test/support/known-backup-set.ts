import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import type { BackupCodeState } from '../../src/challenge/recovery/backup-codes.js';

/** All that may be kept of a backup code, calculated apart from the module: scrypt over an HMAC of it and a number, in base64. */
export function backupHashes(code: string, state: Omit<BackupCodeState, 'hashes'>): string[] {
  const numbers = Array.from({ length: state.parts! }, (_, number) => number);
  return numbers.map((number) => slowHash(`${code} ${number}`, state, { N: 2 ** 13, p: 1 }));
}

/**
 * The state of a set of backup codes that a test chooses. Each is hashed with the same number, so that an attempt costs a twelfth of what it
 * costs over a set of the module's own.
 */
export function knownBackupSet(codes: readonly string[]): BackupCodeState {
  const state = { ...setSalt(), parts: 1 };
  return { ...state, hashes: codes.flatMap((code) => backupHashes(code, state)) };
}

/** Such a set, as it was made before the hash had parts. */
export function backupSetWithoutParts(codes: readonly string[]): BackupCodeState {
  const salt = setSalt();
  return { ...salt, hashes: codes.map((code) => slowHash(code, salt, { N: 2 ** 15, p: 3 })) };
}

function setSalt(): Pick<BackupCodeState, 'salt' | 'pepper'> {
  return { salt: randomBytes(16).toString('base64'), pepper: randomBytes(32).toString('base64') };
}

function slowHash(
  text: string,
  { salt, pepper }: Pick<BackupCodeState, 'salt' | 'pepper'>,
  cost: { N: number; p: number },
): string {
  const keyed = createHmac('sha256', Buffer.from(pepper, 'base64')).update(text).digest('base64');
  const options = { ...cost, r: 8, maxmem: 64 * 2 ** 20 };
  return scryptSync(keyed, Buffer.from(salt, 'base64'), 32, options).toString('base64');
}
