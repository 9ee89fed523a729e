import { Injectable } from '@nestjs/common';
import { Clock, secondsAfter } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import type { LiveSession } from '../session/live-session.js';
import { StepUpOptions } from './step-up-options.js';

/** Clocks of instances may differ by this much. */
const TOLERATED_SECONDS = 2;

/** Decides whether a session's proof is recent enough. */
@Injectable()
export class Freshness {
  constructor(
    private readonly clock: Clock,
    private readonly options: StepUpOptions,
  ) {}

  /** Requires a second factor of this session in the last `maxAgeSeconds`. @throws {MfaError} 401 as in RFC 9470 */
  requireFactor(session: LiveSession, maxAgeSeconds = this.options.maxAgeSeconds): void {
    this.require(session.factorProvenAt, maxAgeSeconds);
  }

  /**
   * Requires a recent sign-in or second factor, for changes of MFA itself. A sign-in with a backup code is enough: a user who
   * has lost the phone must be able to enrol another.
   */
  requireForManagement(session: LiveSession): void {
    this.requireRecent(session, this.options.managementMaxAgeSeconds);
  }

  /** Requires the same for requesting a factor, if the application's options do. */
  requireForEnrolment(session: LiveSession): void {
    this.requireRecent(session, this.options.enrolmentMaxAgeSeconds);
  }

  private requireRecent({ signedInAt, factorProvenAt }: LiveSession, maxAgeSeconds: number | false): void {
    if (maxAgeSeconds === false) return;
    const isLater = this.isPast(factorProvenAt) && !(this.isPast(signedInAt) && signedInAt > factorProvenAt);
    this.require(isLater ? factorProvenAt : signedInAt, maxAgeSeconds);
  }

  private require(provenAt: Date | null, maxAgeSeconds: number): void {
    if (this.isPast(provenAt) && secondsAfter(provenAt, maxAgeSeconds) >= this.clock.now()) return;
    const authenticate = `Bearer realm="mfa", error="insufficient_user_authentication", max_age="${maxAgeSeconds}"`;
    throw new MfaError('insufficient_user_authentication', { authenticate });
  }

  // A proof from the future was noted while the clock was ahead, and would stay fresh until the clock gets there.
  private isPast(provenAt: Date | null): provenAt is Date {
    return provenAt !== null && provenAt <= secondsAfter(this.clock.now(), TOLERATED_SECONDS);
  }
}
