import { IsInt, Max, Min } from 'class-validator';

const MONTH = 30 * 86_400;

/** How long sessions last. All in seconds. */
export class SessionOptions {
  /** A token of the token login ends after this time, used or not. */
  @IsInt() @Min(60) @Max(MONTH) lifetimeSeconds = 86_400;

  /** It ends earlier when it is not used for this time. */
  @IsInt() @Min(60) @Max(MONTH) idleSeconds = 3600;

  /** An OAuth2 access token. */
  @IsInt() @Min(60) @Max(86_400) accessTokenSeconds = 900;

  /** An OAuth2 session with all its refreshes. */
  @IsInt() @Min(60) @Max(MONTH) refreshLifetimeSeconds = 86_400;
}
