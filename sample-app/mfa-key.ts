import { Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dataFile } from './data-folder.js';

/** Returns the key that seals secrets: `MFA_KEY`, or a new one that is kept in a file. */
export function mfaKey(): string {
  return process.env['MFA_KEY'] || keptKey(dataFile('mfa.key'));
}

function keptKey(file: string): string {
  const isNew = !existsSync(file);
  if (isNew) writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  new Logger('Sample').warn(
    `MFA_KEY is not set. ${isNew ? 'A new key is stored' : 'The stored key is used'}: ${file}. Only you can read this file.`,
  );
  return readFileSync(file, 'utf8').trim();
}
