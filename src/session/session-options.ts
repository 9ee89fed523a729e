import { IsInt, Max, Min, ValidateIf } from 'class-validator';

const MONTH = 30 * 86_400;

/** How long sessions last, in seconds, and how many a user may have. */
export class SessionOptions {
  /** Life of a token of the token login. */
  @IsInt() @Min(60) @Max(MONTH) lifetimeSeconds = 86_400;

  /** The token ends earlier if it is unused for this long. */
  @IsInt() @Min(60) @Max(MONTH) idleSeconds = 3600;

  /** Life of an OAuth2 access token. */
  @IsInt() @Min(60) @Max(86_400) accessTokenSeconds = 900;

  /** Life of an OAuth2 session with all its refreshes. */
  @IsInt() @Min(60) @Max(MONTH) refreshLifetimeSeconds = 86_400;

  /**
   * A refresh token that comes again this soon after it was replaced is only refused: another tab was first. Later, the
   * session ends. 0 ends it at once.
   */
  @IsInt() @Min(0) @Max(60) refreshRaceSeconds = 10;
  /** Live sessions that one user may have. The next login ends the oldest. `false` sets no limit. */
  @ValidateIf((_, value) => value !== false) @IsInt() @Min(1) @Max(1000) maxPerUser: number | false = false;
}
