import { ArrayNotEmpty, IsArray, IsIn, IsString, Matches, MaxLength } from 'class-validator';

/** Whether an authenticator must check who holds it, e.g. by a PIN or a fingerprint. */
export type UserVerification = 'required' | 'preferred' | 'discouraged';

const VERIFICATIONS = ['required', 'preferred', 'discouraged'];

/** The service that passkeys belong to, and what they must prove. None of these values comes from a request. */
export class WebAuthnOptions {
  /**
   * The domain that passkeys belong to, e.g. `example.com`. `WebAuthnChallenge` requires it. Passkeys of another domain
   * do not work here.
   */
  @IsString() @MaxLength(253) rpId = '';

  /** The name of your service that authenticators show. Default: the domain. */
  @Matches(/^[^\p{Cc}]*$/u, { message: 'the name has no line end' }) @MaxLength(64) rpName = '';

  /**
   * The origins of your pages and apps, e.g. `https://app.example.com` or `android:apk-key-hash:…`. Default: `https://`
   * and the domain.
   */
  @IsArray() @IsString({ each: true }) origins: string[] = [];

  /** Pages of other origins that may show yours in a frame, and use passkeys there. Default: none. */
  @IsArray() @IsString({ each: true }) topOrigins: string[] = [];

  /** Whether a passkey as the second factor must check its user. The password is the first factor. */
  @IsIn(VERIFICATIONS) userVerification: UserVerification = 'preferred';

  /**
   * The same for the login `passkey`, which has no password. A passkey that has not checked its user is one factor.
   * With a value other than `required`, somebody who finds an unlocked device can sign in, without `mfa` in `amr`.
   */
  @IsIn(VERIFICATIONS) soleUserVerification: UserVerification = 'required';

  /** The signature algorithms that passkeys may use (COSE): Ed25519, ES256 and RS256. */
  @ArrayNotEmpty() @IsIn([-8, -7, -257], { each: true }) algorithms = [-8, -7, -257];
}
