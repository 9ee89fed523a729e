/** Thrown if the user must prove a second factor first. For the client it is no error: 200 and `mfa_required`. */
export class ChallengeRequiredMessage extends Error {
  constructor(readonly challengeType: string) {
    super('A second factor is required.');
    this.name = 'ChallengeRequiredMessage';
  }
}
