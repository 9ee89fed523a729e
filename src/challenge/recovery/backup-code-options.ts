import { IsIn, IsInt, Max, Min } from 'class-validator';

/** Backup codes. As in Deux, the default is one code, which turns MFA off when it is used. */
export class BackupCodeOptions {
  /** Characters of a code (Deux: `BACKUP_CODE_DIGITS`). 16 or more give the 80 bits that are recommended. */
  @IsInt() @Min(12) @Max(32) digits = 12;

  /** Codes made at a time. 10 is recommended with `onUse: 'keep'`. */
  @IsInt() @Min(1) @Max(20) count = 1;

  /**
   * What a used code does besides signing in. `disable` turns MFA off, as in Deux: anyone with the password and the code then
   * owns the account without a second factor. After wrong codes have locked the user, it keeps MFA on. `keep` spends only the code.
   */
  @IsIn(['disable', 'keep']) onUse: 'disable' | 'keep' = 'disable';
}
