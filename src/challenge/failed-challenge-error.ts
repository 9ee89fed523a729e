/**
 * A challenge that could not be carried out. Throw it, or a subclass, from a sender or a challenge: the client gets the
 * documented sentence, and the message stays in the log. Deux: `FailedChallengeError`.
 */
export class FailedChallengeError extends Error {
  constructor(message = 'The challenge failed.', options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
