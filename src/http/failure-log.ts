import { Logger } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';

const logger = new Logger('MfaModule');

/**
 * Logs a failure that nobody expected, or the cause of a delivery that failed. It leaves out messages: a driver's may
 * hold parameters, a gateway's the text with the code.
 */
export function logFailure(error: unknown): void {
  const cause = error instanceof MfaError ? error.cause : error;
  if (cause === undefined) return;
  logger.error(describe(cause));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `failed with a ${typeof error}`;
  const code = (error as { code?: unknown }).code;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [`${error.name}${typeof code === 'string' || typeof code === 'number' ? ` (${code})` : ''}`, ...frames].join(
    '\n',
  );
}
