import { IsInt, Max, Min } from 'class-validator';

/** How many wrong proofs an account takes. The times between are fixed: security is in their sum. */
export class AttemptOptions {
  /** Wrong codes in a row until the first lock of 30 s, which doubles with each further one up to an hour. */
  @IsInt() @Min(3) @Max(10) freeFailures = 5;

  /** Wrong codes in a row after which only a backup code or an administrator helps (NIST SP 800-63B §3.2.2). */
  @IsInt() @Min(10) @Max(100) maxFailures = 100;
}
