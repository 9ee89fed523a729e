import { Injectable } from '@nestjs/common';
import { Clock, secondsAfter } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import type { LiveSession } from '../session/live-session.js';
import { ProofNames } from '../session/proof-names.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';
import { type Method, Methods } from '../verification/methods.js';
import { StepUpOptions } from './step-up-options.js';

/** Clocks of instances may differ by this much. */
const TOLERATED_SECONDS = 2;

/** Decides whether a session's proof is recent enough. */
@Injectable()
export class Freshness {
  constructor(
    private readonly clock: Clock,
    private readonly options: StepUpOptions,
    private readonly methods: Methods,
    private readonly names: ProofNames,
  ) {}

  /**
   * Requires a second factor of this session in the last `maxAgeSeconds`. @throws {MfaError} 401 as in RFC 9470, and
   * `mfa_enrolment_required` for a user without a second factor
   */
  requireFactor({ factorProvenAt }: LiveSession, row: SeenRow, maxAgeSeconds = this.options.maxAgeSeconds): void {
    if (!row?.enabled) throw enrolmentRequired();
    this.secondFactors(row);
    this.require(factorProvenAt, maxAgeSeconds);
  }

  /** The methods that prove a second factor, the default one first. @throws {MfaError} `mfa_enrolment_required` if there is none */
  secondFactors(row: AbstractMultiFactorAuth): Method[] {
    const methods = this.methods.secondFactors(row);
    if (methods.length === 0) throw enrolmentRequired();
    return methods;
  }

  /**
   * Requires a recent sign-in or second factor, for changes of MFA itself. A sign-in with a backup code is enough: a user who
   * has lost the phone must be able to enrol another. One with a factor that is no second factor is enough only if the user has no better
   * one: somebody who reads the user's mail could otherwise replace it.
   */
  requireForManagement(session: LiveSession, row: SeenRow): void {
    const { managementMaxAgeSeconds, maxAgeSeconds } = this.options;
    if (this.hasOnlyLesser(session, row)) this.require(null, managementMaxAgeSeconds || maxAgeSeconds);
    this.requireRecent(session, managementMaxAgeSeconds);
  }

  /** Requires the same for requesting a factor, if the application's options do. */
  requireForEnrolment(session: LiveSession): void {
    this.requireRecent(session, this.options.enrolmentMaxAgeSeconds);
  }

  private hasOnlyLesser({ amr, factorProvenAt }: LiveSession, row: SeenRow): boolean {
    if (factorProvenAt !== null || !row?.enabled || this.methods.secondFactors(row).length === 0) return false;
    return !this.names.haveRecovery(amr);
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

// Another sign-in would not help them, as a `max_age` would promise.
function enrolmentRequired(): MfaError {
  const authenticate = 'Bearer realm="mfa", error="insufficient_user_authentication", acr_values="mfa"';
  return new MfaError('mfa_enrolment_required', { authenticate });
}
