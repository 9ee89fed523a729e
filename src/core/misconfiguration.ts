/** Thrown at start if an option is wrong. The message names the option and shows a correct value. */
export class Misconfiguration extends Error {
  constructor(message: string) {
    super(`MfaModule: ${message}`);
    this.name = 'Misconfiguration';
  }
}
