import { IsInt, Max, Min } from 'class-validator';

/** Limits on wrong codes. The lock times are fixed. */
export class AttemptOptions {
  /** Wrong codes in a row before the first lock of 30 s. Each further wrong code locks for longer, up to an hour. */
  @IsInt() @Min(3) @Max(10) freeFailures = 5;

  /** Wrong codes in a row after which only a backup code or an administrator helps (NIST SP 800-63B §3.2.2). */
  @IsInt() @Min(10) @Max(100) maxFailures = 100;
}
