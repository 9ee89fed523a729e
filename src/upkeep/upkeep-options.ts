import { IsInt, Max, Min, ValidateIf } from 'class-validator';

/** How old rows are removed. */
export class UpkeepOptions {
  /** Seconds between two purges of each instance, plus or minus half. With `false`, only your own calls purge. */
  @ValidateIf((_, value) => value !== false) @IsInt() @Min(60) @Max(86_400) everySeconds: number | false = 600;

  /** Days for which `audit` keeps events. */
  @IsInt() @Min(1) @Max(36_500) eventDays = 365;

  /** Rows per delete statement. */
  @IsInt() @Min(1) @Max(10_000) batchSize = 500;

  /** Most rows that one purge removes from each table. */
  @IsInt() @Min(1) @Max(10_000_000) maxRows = 100_000;
}
