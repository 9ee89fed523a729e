import { Injectable } from '@nestjs/common';
import { createHmac, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { sameText } from '../../crypto/keyed-hash.js';
import { randomKey, randomNumber, randomText } from '../../crypto/randomness.js';
import { Challenge, type Enrolment, MfaChallenge, type Verdict } from '../challenge.js';
import { BackupCodeOptions } from './backup-code-options.js';

/** The type of backup codes among a user's factors. */
export const BACKUP = 'backup';

/** Crockford's base32: without I, L, O and U, a code survives handwriting. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Each code is hashed together with a number below this, which is then forgotten: a part of the salt that is stored nowhere. The module knows
 * them when it makes a set, and pays one part of a hash for each code. An attempt does not know them, and pays for all of them. So a set
 * costs no more than one attempt, and a guess costs as much as one hash with all the parts: 8 MiB, 12 times, about 0.3 s. The codes share
 * nothing, so one that is known says nothing of the others. The salt is one per set: an attempt is compared with all codes at once.
 */
const PARTS = 12;

const PART = { N: 2 ** 13, r: 8, p: 1, maxmem: 64 * 2 ** 20 };

/** How sets were hashed that have no `parts`: at once, and with no number. */
const WHOLE = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 };

const slowHash = promisify<string, Buffer, number, typeof PART, Buffer>(scrypt);

/** The sealed state of a set of backup codes. */
export interface BackupCodeState {
  /** Base64. The pepper is the key of an HMAC before the slow hash. The seal around this state protects it. */
  salt: string;
  pepper: string;
  /** The hashes of the unused codes. */
  hashes: string[];
  /** How many numbers may have been hashed with each code. */
  parts?: number;
}

/** What all codes of a set are hashed with. */
type SetSalt = Pick<BackupCodeState, 'salt' | 'pepper'>;

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
    const parts = Math.max(PARTS, count);
    const [salt, pepper] = [randomKey(16).toString('base64'), randomKey().toString('base64')];
    const hashes: string[] = [];
    // One after the other: together they would use all threads for slow work.
    for (const code of codes) hashes.push(await hashOfPart(code, randomNumber(parts), { salt, pepper }));
    return { state: { salt, pepper, hashes, parts }, hint: '', show: { codes } };
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
    for await (const given of hashesOf(code, state)) {
      const hashes = state.hashes.filter((kept) => !sameText(kept, given));
      if (hashes.length < state.hashes.length) return { kind: 'right', state: { ...state, hashes } };
    }
    return { kind: 'wrong' };
  }

  override remaining({ hashes }: BackupCodeState): number {
    return hashes.length;
  }
}

/** Everything that a code may have been hashed to, made one after the other. */
async function* hashesOf(code: string, state: BackupCodeState): AsyncGenerator<string> {
  const { parts = 0 } = state;
  if (parts === 0) yield hash(code, state, WHOLE);
  for (let number = 0; number < parts; number++) yield hashOfPart(code, number, state);
}

function hashOfPart(code: string, number: number, set: SetSalt): Promise<string> {
  return hash(`${code} ${number}`, set, PART);
}

async function hash(text: string, { salt, pepper }: SetSalt, cost: typeof PART): Promise<string> {
  const keyed = createHmac('sha256', Buffer.from(pepper, 'base64')).update(text).digest('base64');
  return (await slowHash(keyed, Buffer.from(salt, 'base64'), 32, cost)).toString('base64');
}
