import { MfaError, type MfaErrorDetails } from '../core/mfa-error.js';
import { MESSAGE_FAILURES, type MessageFailure } from '../core/message-failure.js';

/**
 * A challenge that failed. Throw it, or a subclass, from a sender or a challenge. The client gets the documented sentence. The
 * name, `code` and stack go to the log. The message goes nowhere, because it may quote the code. Deux: `FailedChallengeError`.
 * @example
 * ```ts
 * throw new FailedChallengeError('The gateway answered 503.', { code: 503 });
 * ```
 */
export class FailedChallengeError extends Error {
  /** The gateway's code for the failure, e.g. 30003 or 503. */
  readonly code?: number | string;

  /** Why a message was not sent. */
  readonly reason: MessageFailure;

  constructor(
    message = 'The challenge failed.',
    { code, reason = 'gateway', ...options }: FailedChallengeDetails = {},
  ) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.reason = reason;
  }
}

/** What a failed challenge adds to the log. */
export interface FailedChallengeDetails extends ErrorOptions {
  code?: number | string;
  /**
   * Why a message was not sent. Default: `gateway`, which said no. Say `unknown` if no answer came: the message may have gone out, so it
   * counts as sent. Any other error counts as `unknown`.
   */
  reason?: MessageFailure;
}

/** Runs a call of a challenge. Its failure becomes the documented refusal; any other error is a fault in the challenge's code. */
export async function askChallenge<T>(call: () => T | Promise<T>, details: MfaErrorDetails = {}): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw hasFailed(cause) ? new MfaError('challenge_failed', { ...details, cause }) : cause;
  }
}

// By its reason and not by its class: a library of the application may have another copy of the package.
function hasFailed(error: unknown): boolean {
  const { reason } = (error ?? {}) as { reason?: unknown };
  return error instanceof Error && MESSAGE_FAILURES.some((one) => one === reason);
}
