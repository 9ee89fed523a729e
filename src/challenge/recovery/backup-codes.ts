import { Injectable } from '@nestjs/common';
import { createHmac, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { sameText } from '../../crypto/keyed-hash.js';
import { randomKey, randomText } from '../../crypto/randomness.js';
import { BackupCodeOptions } from './backup-code-options.js';

/** The type under which backup codes stand among a user's factors. */
export const BACKUP = 'backup';

/** Crockford's base32: no I, L, O or U, so that a code survives handwriting. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 32 MiB and some 0.3 s for each attempt. One salt for the set, or ten codes would cost an attacker's victim ten times that. */
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

/** Makes and checks the codes of last resort: scrypt over a keyed hash, each code once. */
@Injectable()
export class BackupCodes {
  // The slow hash shares the process's four threads with the application's own: were they all taken, nobody could sign in.
  private readonly inTurn = pLimit(2);

  constructor(private readonly options: BackupCodeOptions) {}

  /** New codes, to be shown once, and what to keep of them. Deux: `refresh_backup_code`. */
  async make(): Promise<{ codes: string[]; state: BackupCodeState }> {
    const { count, digits } = this.options;
    const codes = Array.from({ length: count }, () => randomText(digits, ALPHABET));
    const [salt, pepper] = [randomKey(16).toString('base64'), randomKey().toString('base64')];
    const hashes: string[] = [];
    for (const code of codes) hashes.push(await this.inTurn(hash, code, { salt, pepper }));
    return { codes, state: { salt, pepper, hashes } };
  }

  /** Whether a text can be a code at all. */
  wellFormed(text: string): boolean {
    return this.normalise(text) !== null;
  }

  /** The state without this code, or null if it is not among those left. Deux: `check_and_use_backup_code`. */
  async verify(state: BackupCodeState, text: string): Promise<BackupCodeState | null> {
    const code = this.normalise(text);
    if (!code) return null;
    const given = await this.inTurn(hash, code, state);
    const hashes = state.hashes.filter((kept) => !sameText(kept, given));
    return hashes.length < state.hashes.length ? { ...state, hashes } : null;
  }

  // Crockford: case, dashes and spaces mean nothing; I and L read as 1, O as 0. Look-alikes of other scripts are not codes.
  private normalise(text: string): string | null {
    // ASCII first: in upper case, the dotless i of Turkish becomes an I.
    if (text.length > 4 * this.options.digits || !/^[\x20-\x7e]+$/.test(text)) return null;
    const code = text.toUpperCase().replace(/[ -]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
    return code.length === this.options.digits && Array.from(code).every((letter) => ALPHABET.includes(letter))
      ? code
      : null;
  }
}

async function hash(code: string, { salt, pepper }: Pick<BackupCodeState, 'salt' | 'pepper'>): Promise<string> {
  const keyed = createHmac('sha256', Buffer.from(pepper, 'base64')).update(code).digest('base64');
  return (await slowHash(keyed, Buffer.from(salt, 'base64'), 32, SCRYPT)).toString('base64');
}
