import { Injectable } from '@nestjs/common';
import { createHmac, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { sameText } from '../../crypto/keyed-hash.js';
import { randomKey, randomText } from '../../crypto/randomness.js';
import { Challenge, type Enrolment, MfaChallenge, type Verdict } from '../challenge.js';
import { BackupCodeOptions } from './backup-code-options.js';

/** The type of backup codes among a user's factors. */
export const BACKUP = 'backup';

/** Crockford's base32: without I, L, O and U, a code survives handwriting. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 32 MiB and about 0.3 s per attempt. The set has one salt, so an attempt costs one hash and not one per code. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 };

const slowHash = promisify<string, Buffer, number, typeof SCRYPT, Buffer>(scrypt);

/** The sealed state of a set of backup codes. */
export interface BackupCodeState {
  /** Base64. The pepper is the key of an HMAC before the slow hash. The seal around this state protects it. */
  salt: string;
  pepper: string;
  /** The hashes of the unused codes. */
  hashes: string[];
}

/** A request for backup codes has no fields. */
class BackupCodeRequest {}

/** Backup codes: scrypt over a keyed hash, and each code works once. */
@Injectable()
@MfaChallenge({ type: BACKUP, request: BackupCodeRequest, amr: ['backup'], role: 'recovery', costly: true })
export class BackupCodes extends Challenge<BackupCodeState> {
  constructor(private readonly options: BackupCodeOptions) {
    super();
  }

  /** Returns new codes, to be shown once, and their state. Deux: `refresh_backup_code`. */
  async enrol(): Promise<Enrolment<BackupCodeState> & { show: { codes: string[] } }> {
    const { count, digits } = this.options;
    const codes = Array.from({ length: count }, () => randomText(digits, ALPHABET));
    const [salt, pepper] = [randomKey(16).toString('base64'), randomKey().toString('base64')];
    const hashes: string[] = [];
    // One after the other: together they would use all threads for slow work.
    for (const code of codes) hashes.push(await hash(code, { salt, pepper }));
    return { state: { salt, pepper, hashes }, hint: '', show: { codes } };
  }

  // Crockford: case, dashes and spaces do not matter; I and L read as 1, O as 0. Letters of other scripts are not codes.
  read(raw: unknown): string | undefined {
    const { digits } = this.options;
    if (typeof raw !== 'string' || raw.length > 4 * digits) return undefined;
    const typed = raw.replace(/[\s\u2010\u2011-]/g, '');
    // ASCII first: in upper case, the Turkish dotless i becomes an I.
    if (!/^[\x21-\x7e]+$/.test(typed)) return undefined;
    const code = typed.toUpperCase().replace(/[IL]/g, '1').replace(/O/g, '0');
    return code.length === digits && Array.from(code).every((letter) => ALPHABET.includes(letter)) ? code : undefined;
  }

  /** Judges a code and removes a right one from the state. Deux: `check_and_use_backup_code`. */
  async verify(state: BackupCodeState, code: string): Promise<Verdict<BackupCodeState>> {
    const given = await hash(code, state);
    const hashes = state.hashes.filter((kept) => !sameText(kept, given));
    return hashes.length < state.hashes.length ? { kind: 'right', state: { ...state, hashes } } : { kind: 'wrong' };
  }
}

async function hash(code: string, { salt, pepper }: Pick<BackupCodeState, 'salt' | 'pepper'>): Promise<string> {
  const keyed = createHmac('sha256', Buffer.from(pepper, 'base64')).update(code).digest('base64');
  return (await slowHash(keyed, Buffer.from(salt, 'base64'), 32, SCRYPT)).toString('base64');
}
