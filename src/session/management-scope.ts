import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { Misconfiguration } from '../core/misconfiguration.js';
import { requestOf } from '../http/http-context.js';
import { signedIn, type SignedInRequest } from './signed-in-request.js';

/** A scope of OAuth2 (RFC 6749 §3.3). */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** The scope that a token of an OAuth2 client needs to manage its user's MFA, or undefined if every token may. */
export class ManagementScope {
  constructor(readonly scope?: string) {
    if (scope === undefined || (typeof scope === 'string' && SCOPE.test(scope))) return;
    throw new Misconfiguration("`managementScope` must be one scope of OAuth2, e.g. managementScope: 'mfa'.");
  }
}

/** Refuses a token whose scope does not include the management of MFA. Put it after the `SessionGuard`. */
@Injectable()
export class ManagementScopeGuard implements CanActivate {
  constructor(private readonly required: ManagementScope) {}

  canActivate(context: ExecutionContext): boolean {
    const { scope } = this.required;
    const { session } = signedIn(requestOf<SignedInRequest>(context));
    // A token login has no client and no scope: its user has asked for it.
    if (scope === undefined || session.clientId === null || session.scope.includes(scope)) return true;
    const authenticate = `Bearer realm="mfa", error="insufficient_scope", scope="${scope}"`;
    throw new MfaError('insufficient_scope', { authenticate });
  }
}
