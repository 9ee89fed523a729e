import type { ShownChallenge } from '../verification/shown-methods.js';

/** What a user sends for a second factor: a code, or JSON. */
export type TestProof = { code: string } | { response: object };

/** A user's device in a test: an inbox, an authenticator app, a passkey, or your own object. */
export interface TestDevice {
  /** Returns the proof that the challenge asks for, or undefined if this device cannot answer it. */
  answer(challenge: ShownChallenge): TestProof | undefined | Promise<TestProof | undefined>;
}
