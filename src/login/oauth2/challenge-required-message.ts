/** The user must prove a second factor first. It is no error to the client: 200 and `mfa_required`. */
export class ChallengeRequiredMessage extends Error {
  constructor(readonly challengeType: string) {
    super('A second factor is required.');
    this.name = 'ChallengeRequiredMessage';
  }
}
