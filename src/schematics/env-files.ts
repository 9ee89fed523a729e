import { randomKey } from '../crypto/randomness.js';
import { type Files, textOf, write } from './host.js';

const KEY = /^[\t ]*(export[\t ]+)?MFA_KEY[\t ]*=/m;

/** Gives the application a key in `.env`, unless it has one, and keeps that file out of git. */
export function addKey(files: Files): void {
  const env = textOf(files, '.env') ?? '';
  if (!KEY.test(env)) write(files, '.env', withLine(env, `MFA_KEY=${randomKey().toString('hex')}`));
  const example = textOf(files, '.env.example') ?? '';
  if (!KEY.test(example)) {
    const hint = '# Encrypts the secrets of nestjs-mfa. Make your own: openssl rand -hex 32';
    write(files, '.env.example', withLine(example, `${hint}\nMFA_KEY=`));
  }
  ignore(files, '.env', /^\/?(\*\*\/)?(\*?\.env|\.env\*)$/);
}

/** Keeps files out of git, unless a line of `.gitignore` does. */
export function ignore(files: Files, pattern: string, ignores: RegExp): void {
  const text = textOf(files, '.gitignore') ?? '';
  const isIgnored = text.split(/\r?\n/).some((line) => ignores.test(line.trim()));
  if (!isIgnored) write(files, '.gitignore', withLine(text, pattern));
}

function withLine(text: string, line: string): string {
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}
