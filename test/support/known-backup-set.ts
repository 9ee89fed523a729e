import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import type { BackupCodeState } from '../../src/challenge/recovery/backup-codes.js';

/** All that may be kept of a backup code, calculated apart from the module: scrypt over an HMAC of it and a number, in base64. */
export function backupHashes(code: string, state: BackupCodeState): string[] {
  const numbers = Array.from({ length: state.parts! }, (_, number) => number);
  return numbers.map((number) => slowHash(`${code} ${number}`, state, { N: 2 ** 13, p: 1 }));
}

/** The state of a set of backup codes that a test chooses, as it was made before the hash had parts. */
export function knownBackupSet(codes: readonly string[]): BackupCodeState {
  const [salt, pepper] = [randomBytes(16).toString('base64'), randomBytes(32).toString('base64')];
  return { salt, pepper, hashes: codes.map((code) => slowHash(code, { salt, pepper }, { N: 2 ** 15, p: 3 })) };
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
