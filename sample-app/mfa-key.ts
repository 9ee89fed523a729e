import { Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dataFile } from './data-folder.js';

/** The key that seals secrets: `MFA_KEY` or, so that the sample starts at once, one that is made and kept in a file. */
export function mfaKey(): string {
  return process.env['MFA_KEY'] || keptKey(dataFile('mfa.key'));
}

function keptKey(file: string): string {
  const isNew = !existsSync(file);
  if (isNew) writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  new Logger('Sample').warn(
    `MFA_KEY is not set. ${isNew ? 'A new key was made and is kept' : 'The key is the one'} in ${file}; only you can read it.`,
  );
  return readFileSync(file, 'utf8').trim();
}
