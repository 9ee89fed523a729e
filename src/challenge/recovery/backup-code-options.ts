import { IsIn, IsInt, Max, Min } from 'class-validator';

/** Backup codes. The default is Deux's: one code, which turns MFA off when it is used. */
export class BackupCodeOptions {
  /** Characters of a code (Deux: `BACKUP_CODE_DIGITS`). 16 and more have the 80 bits that are recommended. */
  @IsInt() @Min(12) @Max(32) digits = 12;

  /** Codes handed out at a time. 10 is recommended with `onUse: 'keep'`. */
  @IsInt() @Min(1) @Max(20) count = 1;

  /**
   * What using a code does besides signing in: `disable` turns MFA off, as Deux documents it; `keep` spends only the code.
   * With `disable`, whoever has the password and finds the code owns the account without a second factor.
   */
  @IsIn(['disable', 'keep']) onUse: 'disable' | 'keep' = 'disable';
}
