import { applyDecorators, type ExecutionContext, Injectable, SetMetadata, UseFilters, UseGuards } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { refuseUnknownNames } from '../core/options.js';
import { requestOf } from '../http/http-context.js';
import { MfaErrorFilter } from '../http/mfa-exception.filter.js';
import { RequestSignIn } from '../session/request-sign-in.js';
import { SessionGuard } from '../session/session.guard.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { Freshness } from './freshness.js';

const MAX_AGE = 'nestjs-mfa:max-age';

// Not from Nest: with a second copy of its core, the application's modules would not have this class.
const REFLECTOR = new Reflector();

/** What a route requires of the session. */
export interface RequireMfaOptions {
  /** Seconds since the second factor, see `minutes()`. Default: the module's `stepUp.maxAgeSeconds`. */
  maxAge?: number;
}

/**
 * The guard of `@RequireMfa()`: lets a request through that the `SessionGuard` would, if its session has a recent second factor. A unit test
 * of your controller replaces it.
 * @example
 * ```ts
 * const testing = Test.createTestingModule({ controllers: [PayoutController] })
 *   .overrideGuard(RequireMfaGuard)
 *   .useValue({ canActivate: () => true });
 * ```
 */
@Injectable()
export class RequireMfaGuard extends SessionGuard {
  constructor(
    signIn: RequestSignIn,
    private readonly freshness: Freshness,
  ) {
    super(signIn);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    await super.canActivate(context);
    const maxAge = REFLECTOR.getAllAndOverride<number | undefined>(MAX_AGE, [context.getHandler(), context.getClass()]);
    const { session, row } = signedIn(requestOf<SignedInRequest>(context));
    this.freshness.requireFactor(session, row, maxAge);
    return true;
  }
}

/**
 * Opens a route or a controller only to signed-in users whose session has a second factor within `maxAge` seconds:
 * `@RequireMfa({ maxAge: minutes(5) })`. Others get 401 `insufficient_user_authentication` with `max_age` (RFC 9470). They prove
 * the factor again with `POST /mfa/step-up/`, or sign in again. Users without a second factor get 401 `mfa_enrolment_required` with `acr_values`: they
 * must enrol first.
 * @example
 * ```ts
 * const Payout = () => applyDecorators(Post('payout'), RequireMfa({ maxAge: minutes(5) }));
 * ```
 */
export function RequireMfa(options: RequireMfaOptions = {}): ClassDecorator & MethodDecorator {
  // A compiler that does not check types takes `@RequireMfa` without parentheses, which would guard nothing.
  if (Object.getPrototypeOf(Object(options)) !== Object.prototype || arguments.length > 1)
    throw new TypeError('@RequireMfa needs parentheses: @RequireMfa({ maxAge: minutes(5) }).');
  refuseUnknownNames('RequireMfa', options, ['maxAge']);
  const { maxAge } = options;
  if (maxAge !== undefined && !(typeof maxAge === 'number' && maxAge > 0))
    throw new RangeError('RequireMfa: maxAge must be a positive number of seconds, e.g. minutes(5).');
  return applyDecorators(SetMetadata(MAX_AGE, maxAge), UseGuards(RequireMfaGuard), UseFilters(MfaErrorFilter));
}

/**
 * Returns minutes as seconds.
 * @example
 * ```ts
 * RequireMfa({ maxAge: minutes(5) });
 * ```
 */
export function minutes(count: number): number {
  return count * 60;
}
