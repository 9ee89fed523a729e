/** How to prove the second factor. */
export interface WithStepUpOptions {
  /**
   * Asks the user for the second factor, e.g. in a dialogue. Called again after a wrong code, and after a change of
   * method. Return nothing if the user gives up.
   */
  prove: (asked: StepUpAsked) => Promise<StepUpAnswer | undefined> | StepUpAnswer | undefined;
  /** Called before the request is repeated, with the answer to a right proof. It may have your new credential. */
  proven?: (answer: object) => unknown;
  /** The module's path with the slash at its end, or a URL. Default: `/mfa/` at the origin of the request. */
  path?: string;
}

/** What the user is asked for. */
export interface StepUpAsked {
  /** The type of the user's default method, e.g. `sms`. */
  mfa_type: string;
  /** It lasts `expires_in` seconds. `withStepUp` sends it, and gets a new one when it has expired. */
  mfa_token: string;
  expires_in: number;
  /** The methods that the user can choose from. */
  mfa_methods: StepUpMethod[];
  /** The method to prove now. Missing if its message could not be sent, or while an earlier one waits for an answer. */
  challenge?: StepUpChallenge;
  /** Why the last answer was refused, e.g. with the `code` `invalid_mfa_code`. */
  refused?: { code?: string; message?: unknown };
}

/** A method of the user. */
export interface StepUpMethod {
  id: string;
  type: string;
  /** `code`, or the name that a passkey or your own challenge gives its proof. */
  input: string;
  name?: string;
  hint?: string;
  default?: true;
  sends?: true;
  /** Seconds until it can send another message. */
  retry_in?: number;
}

/** The method to prove. */
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

/** A code, a proof in JSON, or the id of a method: to change to it, or to send another message. */
export type StepUpAnswer = { code: string } | { response: object } | { method: string };
