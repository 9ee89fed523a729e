/** A passkey in force. */
export interface Passkey {
  /** The credential's id, in base64url. */
  id: string;
  /** COSE, in base64url. */
  publicKey: string;
  /** How often it has signed, or 0 if it does not count. */
  counter: number;
  transports: string[];
  /** Whether it can be copied to other devices of its user (this never changes), and whether it has been. */
  backupEligible: boolean;
  backedUp: boolean;
  /** The last challenge that it has signed, so that the same answer does not work again. */
  lastChallenge: string;
}

/** The state of a factor. It has no passkey while it is pending. */
export interface WebAuthnState {
  /** The user handle: random, and the same for all passkeys of a user (WebAuthn §14.6.1). */
  userHandle: string;
  passkey?: Passkey;
}

/** A state with its passkey. */
export type PasskeyState = Required<WebAuthnState>;

/** Says whether a state has a passkey. */
export function hasPasskey(state: WebAuthnState): state is PasskeyState {
  return state.passkey !== undefined;
}
