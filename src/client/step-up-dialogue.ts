/** How requests are proven. */
export interface WithStepUpOptions {
  /**
   * Asks the user for the second factor, e.g. in a dialogue. It is called again after a wrong code, and after another method was chosen.
   * Return nothing if the user gives up.
   */
  prove: (asked: StepUpAsked) => Promise<StepUpAnswer | undefined> | StepUpAnswer | undefined;
  /** Gets the answer to a right proof, which may have a new credential of your application, before the request is repeated. */
  proven?: (answer: object) => unknown;
  /** The module's path, with the slash at its end. Default: `/mfa/` where the request goes. A URL goes elsewhere. */
  path?: string;
}

/** What the user is asked for. */
export interface StepUpAsked {
  /** The type of the user's default method, e.g. `sms`. */
  mfa_type: string;
  /** It lasts `expires_in` seconds. `withStepUp` sends it, and asks anew if it is over. */
  mfa_token: string;
  expires_in: number;
  /** What the user can choose among. */
  mfa_methods: StepUpMethod[];
  /** The method that is asked for now. Missing if its message could not be sent, or while an earlier one waits for its answer. */
  challenge?: StepUpChallenge;
  /** Why the last answer was refused, e.g. with the `code` `invalid_mfa_code`. */
  refused?: { code?: string; message?: unknown };
}

/** A method of the user. */
export interface StepUpMethod {
  id: string;
  type: string;
  /** `code`, or what a passkey or a challenge of your own calls its proof. */
  input: string;
  name?: string;
  hint?: string;
  default?: true;
  sends?: true;
  /** Seconds until it can send another message. */
  retry_in?: number;
}

/** The method that is asked for. */
export interface StepUpChallenge {
  /** The id of the method. */
  method: string;
  type: string;
  input: string;
  digits?: number;
  sent?: boolean;
  retry_in?: number;
  expires_in?: number;
  /** What the proof is made from, e.g. the options of a passkey. */
  options?: object;
}

/** A code, a proof in JSON, or the id of the method to choose, or to send another message for. */
export type StepUpAnswer = { code: string } | { response: object } | { method: string };
