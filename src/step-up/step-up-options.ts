import { IsInt, Max, Min, ValidateIf } from 'class-validator';

/** How old a proof may be. */
export class StepUpOptions {
  /** Seconds for `@RequireMfa()` without a `maxAge`. */
  @IsInt() @Min(60) @Max(3600) maxAgeSeconds = 900;

  /**
   * Seconds since sign-in or second factor within which a session may turn MFA off or fetch backup codes. `false` takes
   * any session, however old: whoever finds an unlocked device can then take the account's second factor away.
   */
  @ValidateIf((_, value) => value !== false)
  @IsInt()
  @Min(60)
  @Max(3600)
  managementMaxAgeSeconds: number | false = 900;

  /**
   * The same for requesting a factor while MFA is off. `false`, as Deux has it, takes any session: whoever finds an
   * unlocked device of a user without MFA can then turn it on with a phone of their own. 900 is recommended.
   */
  @ValidateIf((_, value) => value !== false)
  @IsInt()
  @Min(60)
  @Max(3600)
  enrolmentMaxAgeSeconds: number | false = false;
}
