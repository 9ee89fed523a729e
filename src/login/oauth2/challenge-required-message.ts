import type { Prompt } from '../../verification/prompts.js';

/** Thrown by the password grant if the user must prove a second factor first. The client gets 200 and `mfa_required`. */
export class ChallengeRequiredMessage extends Error {
  constructor(readonly prompt: Prompt) {
    super('A second factor is required.');
    this.name = 'ChallengeRequiredMessage';
  }
}
