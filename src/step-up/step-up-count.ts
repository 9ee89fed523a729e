import type { LiveSession } from '../session/live-session.js';

/** Counts wrong codes at step-up. */
export interface StepUpCount {
  /** Takes one before the code is judged. @throws {MfaError} if none is left */
  pay(session: LiveSession, startedAt: Date): Promise<void>;
  /** Gives back what was paid for a code that was not judged. */
  giveBack(session: LiveSession, startedAt: Date): Promise<void>;
  /**
   * Notes the factor that a right code has proven, and returns the session with it.
   * @param isPaid whether one was taken for it. Default: true
   * @throws {MfaError} 401 if the session has ended
   */
  succeed(session: LiveSession, amr: readonly string[], startedAt: Date, isPaid?: boolean): Promise<LiveSession>;
  /** Tells the listeners if a wrong code was the last one. */
  fail(session: LiveSession, challengeType: string, network: string): Promise<void>;
}
