import { IsInt, Max, Min, ValidateIf } from 'class-validator';

/** How old a proof may be. */
export class StepUpOptions {
  /** Age in seconds that `@RequireMfa()` without a `maxAge` accepts. */
  @IsInt() @Min(60) @Max(3600) maxAgeSeconds = 900;

  /**
   * Seconds after a sign-in or second factor in which a session may turn MFA off or get backup codes. `false` accepts any
   * session: anyone who finds an unlocked device can then remove the second factor.
   */
  @ValidateIf((_, value) => value !== false)
  @IsInt()
  @Min(60)
  @Max(3600)
  managementMaxAgeSeconds: number | false = 900;

  /**
   * The same for requesting a factor while MFA is off. `false` accepts any session, as in Deux: anyone who finds an unlocked
   * device of a user without MFA can then turn MFA on with another phone. 900 is recommended.
   */
  @ValidateIf((_, value) => value !== false)
  @IsInt()
  @Min(60)
  @Max(3600)
  enrolmentMaxAgeSeconds: number | false = false;
}
