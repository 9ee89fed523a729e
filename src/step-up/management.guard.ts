import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { requestOf } from '../http/http-context.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { Freshness } from './freshness.js';

/**
 * Lets a session change what MFA has in force for its user: MFA is on, and the session has a recent sign-in or second factor. Put it after
 * the `SessionGuard`.
 */
@Injectable()
export class ManagementGuard implements CanActivate {
  constructor(private readonly freshness: Freshness) {}

  canActivate(context: ExecutionContext): boolean {
    const { session, row } = signedIn(requestOf<SignedInRequest>(context));
    // "Not enabled" comes first, as the contract says. It tells users nothing new about their account.
    if (!row?.enabled) throw new MfaError('mfa_disabled');
    this.freshness.requireForManagement(session);
    return true;
  }
}
