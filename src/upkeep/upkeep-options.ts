import { IsInt, Max, Min, ValidateIf } from 'class-validator';

/** How rows that are over are removed. */
export class UpkeepOptions {
  /** Seconds between two purges of each instance, give or take half of them, or false for none but those that you call. */
  @ValidateIf((_, value) => value !== false) @IsInt() @Min(60) @Max(86_400) everySeconds: number | false = false;

  /** Days that events are kept, where `audit` keeps them. */
  @IsInt() @Min(1) @Max(36_500) eventDays = 365;

  /** Rows that one statement removes. */
  @IsInt() @Min(1) @Max(10_000) batchSize = 500;

  /** Rows that one purge removes at most from each table. */
  @IsInt() @Min(1) @Max(10_000_000) maxRows = 100_000;
}
