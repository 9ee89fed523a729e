import { IsIn } from 'class-validator';

/** How the OAuth2 login answers. */
export class OAuth2Options {
  /**
   * The answer to a right password that needs a second factor: 200 with `mfa_required`, as in Deux, or `rfc6749` for a 400 with
   * `"error": "mfa_required"`, because strict clients take every 200 for a token.
   */
  @IsIn(['deux', 'rfc6749']) errors: 'deux' | 'rfc6749' = 'deux';
}
