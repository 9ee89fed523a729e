import { Injectable } from '@nestjs/common';
import { createHmac, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { sameText } from '../../crypto/keyed-hash.js';
import { randomKey, randomText } from '../../crypto/randomness.js';
import { Challenge, type Enrolment, MfaChallenge, type Verdict } from '../challenge.js';
import { BackupCodeOptions } from './backup-code-options.js';

/** The type under which backup codes stand among a user's factors. */
export const BACKUP = 'backup';

/** Crockford's base32: no I, L, O or U, so that a code survives handwriting. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 32 MiB and some 0.3 s for each attempt. One salt for the set, so that an attempt costs one hash and not one per code. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 };

const slowHash = promisify<string, Buffer, number, typeof SCRYPT, Buffer>(scrypt);

/** What is kept, sealed, of a set of backup codes. */
export interface BackupCodeState {
  /** Base64. The pepper goes into an HMAC before the slow hash; it is as safe as the seal around this state. */
  salt: string;
  pepper: string;
  /** Of the codes that are left. */
  hashes: string[];
}

/** Nothing needs to be asked for backup codes. */
class BackupCodeRequest {}

/** The codes of last resort: scrypt over a keyed hash, each code once. */
@Injectable()
@MfaChallenge({ type: BACKUP, request: BackupCodeRequest, amr: ['backup'], role: 'recovery', costly: true })
export class BackupCodes extends Challenge<BackupCodeState> {
  constructor(private readonly options: BackupCodeOptions) {
    super();
  }

  /** New codes, to be shown once, and what to keep of them. Deux: `refresh_backup_code`. */
  async enrol(): Promise<Enrolment<BackupCodeState> & { show: { codes: string[] } }> {
    const { count, digits } = this.options;
    const codes = Array.from({ length: count }, () => randomText(digits, ALPHABET));
    const [salt, pepper] = [randomKey(16).toString('base64'), randomKey().toString('base64')];
    const hashes: string[] = [];
    // One after the other: together they would take all threads that the process has for slow work.
    for (const code of codes) hashes.push(await hash(code, { salt, pepper }));
    return { state: { salt, pepper, hashes }, hint: '', show: { codes } };
  }

  // Crockford: case, dashes and spaces mean nothing; I and L read as 1, O as 0. Look-alikes of other scripts are not codes.
  read(raw: unknown): string | undefined {
    const { digits } = this.options;
    // ASCII first: in upper case, the dotless i of Turkish becomes an I.
    if (typeof raw !== 'string' || raw.length > 4 * digits || !/^[\x20-\x7e]+$/.test(raw)) return undefined;
    const code = raw.toUpperCase().replace(/[ -]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
    return code.length === digits && Array.from(code).every((letter) => ALPHABET.includes(letter)) ? code : undefined;
  }

  /** A right code is no longer among those left. Deux: `check_and_use_backup_code`. */
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
