import { Logger } from '@nestjs/common';
import { ownMessage } from '../core/error-name.js';
import { MfaError } from '../core/mfa-error.js';
import type { RefusedRequest } from './error-format.js';
import { isHttpException } from './foreign-errors.js';

const logger = new Logger('MfaModule');

/** Fields whose values are words of OAuth2. */
const PUBLIC: ReadonlySet<string> = new Set(['grant_type', 'scope']);

/** Shorter values are in a message by chance, so they must match exactly. */
const FEWEST = 3;

/**
 * Logs an unexpected failure, or the cause of a failed delivery. It leaves out messages: a driver's may contain parameters, and a
 * gateway's the code. Outside production it includes messages of the application's own errors, unless they quote the request.
 */
export function logFailure(error: unknown, request: RefusedRequest): void {
  const cause = error instanceof MfaError || isHttpException(error) ? error.cause : error;
  if (cause === undefined) return;
  const isUnexpected = !(error instanceof MfaError) || error.code === 'server_error';
  const message = isUnexpected ? ownMessage(cause) : undefined;
  logger.error(describe(cause, message !== undefined && !quotes(cause as Error, request) ? `: ${message}` : ''));
}

function describe(error: unknown, message: string): string {
  if (!(error instanceof Error)) return `failed with a ${typeof error}`;
  const code = (error as { code?: unknown }).code;
  const kind = typeof code === 'string' || typeof code === 'number' ? `${error.name} (${code})` : error.name;
  return [kind + message, ...frames(error)].join('\n');
}

// A password must not be logged, even if the application has changed its case, accents or punctuation.
function quotes({ message }: Error, { body }: RefusedRequest): boolean {
  const letters = lettersOf(message);
  const given = Object.entries(body ?? {}).filter(([name]) => !PUBLIC.has(name));
  return given
    .flatMap(([, value]) => value as unknown)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map(String)
    .some((text) => {
      const sent = lettersOf(text);
      return sent.length < FEWEST ? text.trim() !== '' && message.includes(text) : letters.includes(sent);
    });
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

// Only what follows the message: a line of the message may quote a user and look like a frame.
function frames({ message, stack = '' }: Error): string[] {
  const start = stack.indexOf(message);
  const trace = start < 0 ? '' : stack.slice(start + message.length);
  return trace.split('\n').filter((line) => /^\s+at /.test(line));
}
