import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import type { BackupCodeState } from '../../src/challenge/recovery/backup-codes.js';

/** What must be kept of a backup code, calculated apart from the module: scrypt over an HMAC of it, in base64. */
export function slowBackupHash(code: string, { salt, pepper }: Pick<BackupCodeState, 'salt' | 'pepper'>): string {
  const keyed = createHmac('sha256', Buffer.from(pepper, 'base64')).update(code).digest('base64');
  const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 };
  return scryptSync(keyed, Buffer.from(salt, 'base64'), 32, cost).toString('base64');
}

/** The state of a set of backup codes that a test chooses. */
export function knownBackupSet(codes: readonly string[]): BackupCodeState {
  const [salt, pepper] = [randomBytes(16).toString('base64'), randomBytes(32).toString('base64')];
  return { salt, pepper, hashes: codes.map((code) => slowBackupHash(code, { salt, pepper })) };
}
