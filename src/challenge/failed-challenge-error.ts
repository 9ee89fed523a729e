/**
 * A challenge that could not be carried out. Throw it, or a subclass, from a sender or a challenge: the client gets the
 * documented sentence; the name, `code` and stack go to the log, and the message nowhere, as it may quote the code that
 * was sent. Deux: `FailedChallengeError`.
 */
export class FailedChallengeError extends Error {
  /** The gateway's own name for the failure, e.g. 30003 or 503. */
  readonly code?: number | string;

  constructor(message = 'The challenge failed.', { code, ...options }: FailedChallengeDetails = {}) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** What a failed challenge tells the log. */
export interface FailedChallengeDetails extends ErrorOptions {
  code?: number | string;
}
