import type { RemainingCodes } from '../remaining-codes.js';
import type { AuthenticatedClient } from './client-authentication.js';
import type { TokenRequest } from './oauth-request.js';

/** A successful answer of the token endpoint (RFC 6749 §5.1). */
export interface TokenAnswer extends RemainingCodes {
  access_token: string;
  expires_in: number;
  token_type: 'Bearer';
  scope: string;
  refresh_token?: string;
}

/** Answers token requests. Deux: `MFARequestBackend`. */
export abstract class TokenEndpoint {
  /**
   * Returns the tokens.
   * @throws {OAuthRefusal | MfaError | ChallengeRequiredMessage} the last for a right password that needs a second factor
   */
  abstract answer(request: TokenRequest, client: AuthenticatedClient): Promise<TokenAnswer>;
}
