import { checkKind } from '../core/option-kinds.js';

/** Whether a login with MFA on goes on by its `mfa_token` alone. Otherwise, as in Deux, also by the password again. */
export class RequireMfaToken {
  constructor(readonly isRequired = false) {
    checkKind('requireMfaToken', isRequired, 'true or false', 'true');
  }
}
