/** Thrown at start when the module is configured wrongly. Its message names the option and shows a right value. */
export class Misconfiguration extends Error {
  constructor(message: string) {
    super(`MfaModule: ${message}`);
    this.name = 'Misconfiguration';
  }
}
