import { execFileSync, spawnSync } from 'node:child_process';
import type { TotpKey } from '../../src/challenge/totp/totp-key.js';

/** Whether OATH Toolkit is there: an implementation of RFC 6238 that shares nothing with ours. CI must have it. */
export const HAS_OATH_TOOLKIT = spawnSync('oathtool', ['--version']).status === 0 || process.env['CI'] === 'true';

/** The code of a key at a moment, by OATH Toolkit. */
export function codeOfOath({ secret, algorithm, digits, period }: TotpKey, at: Date): string {
  const args = [`--totp=${algorithm}`, '-b', secret, '-d', String(digits), '-s', `${period}s`];
  return execFileSync('oathtool', [...args, '-N', `@${Math.floor(at.getTime() / 1000)}`], { encoding: 'utf8' }).trim();
}
