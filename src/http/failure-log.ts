import { HttpException, Logger } from '@nestjs/common';
import { EmptyError } from 'rxjs';

const logger = new Logger('MfaModule');

/**
 * Logs a failure that nobody expected, or the cause of a delivery that failed. It leaves out messages: a driver's may
 * hold parameters, a gateway's the text with the code.
 */
export function logFailure(error: unknown): void {
  const cause = error instanceof HttpException ? error.cause : error;
  // rxjs misses a value where NothingToSee has left none.
  if (cause === undefined || cause instanceof EmptyError) return;
  logger.error(describe(cause));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `failed with a ${typeof error}`;
  const code = (error as { code?: unknown }).code;
  const kind = typeof code === 'string' || typeof code === 'number' ? `${error.name} (${code})` : error.name;
  return [kind, ...frames(error)].join('\n');
}

// Only what follows the message: one of several lines, which may quote what somebody typed, can look like frames itself.
function frames({ message, stack = '' }: Error): string[] {
  const start = stack.indexOf(message);
  const trace = start < 0 ? '' : stack.slice(start + message.length);
  return trace.split('\n').filter((line) => /^\s+at /.test(line));
}
