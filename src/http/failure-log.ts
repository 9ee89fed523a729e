import { Logger } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { isHttpException } from './foreign-errors.js';

const logger = new Logger('MfaModule');

/**
 * Logs an unexpected failure, or the cause of a failed delivery. It leaves out messages: a driver's message may have
 * parameters, and a gateway's message may have the text with the code.
 */
export function logFailure(error: unknown): void {
  const cause = error instanceof MfaError || isHttpException(error) ? error.cause : error;
  if (cause === undefined) return;
  logger.error(describe(cause));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `failed with a ${typeof error}`;
  const code = (error as { code?: unknown }).code;
  const kind = typeof code === 'string' || typeof code === 'number' ? `${error.name} (${code})` : error.name;
  return [kind, ...frames(error)].join('\n');
}

// Only what follows the message: a line of the message may quote a user and look like a frame.
function frames({ message, stack = '' }: Error): string[] {
  const start = stack.indexOf(message);
  const trace = start < 0 ? '' : stack.slice(start + message.length);
  return trace.split('\n').filter((line) => /^\s+at /.test(line));
}
