import { inProduction } from './development.js';

/** Properties of every error. Errors of drivers, gateways and HTTP clients have more, and quote their input. */
const PLAIN = new Set(['name', 'message', 'stack', 'cause']);

/** What may be a code, a token, a key or a phone number. */
const SECRET = /(?=[\w+/=$.-]*\d)[\w+/=$.-]{6,}/g;

/** Returns what a log may say of an error. Its message may hold a secret, e.g. the parameters of a statement. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/**
 * Returns the message of an error from the application's own code, in one line, or undefined. It is undefined in production, because
 * the message may quote a user's data.
 */
export function ownMessage(error: unknown): string | undefined {
  if (inProduction() || !(error instanceof Error)) return undefined;
  if (Object.getOwnPropertyNames(error).some((name) => !PLAIN.has(name))) return undefined;
  const line = error.message.replace(/[\s\p{C}\p{Z}]+/gu, ' ').trim();
  return line.slice(0, 300).replace(SECRET, '…') || undefined;
}
