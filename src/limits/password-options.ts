import { IsInt, Max, Min } from 'class-validator';

/** Limits on wrong passwords. A right password costs nothing. */
export class PasswordOptions {
  /** Wrong passwords for one name from one network at once, and one more each minute. */
  @IsInt() @Min(3) @Max(10_000) perNetwork = 10;

  /** Wrong passwords for one name at once from all networks that its user has not signed in from, and as many more each hour. */
  @IsInt() @Min(10) @Max(10_000) perUser = 100;

  /** Names that one network may get wrong at once, and one more each 10 seconds. */
  @IsInt() @Min(10) @Max(100_000) namesPerNetwork = 50;

  /** Days for which a network stays known after a granted login. */
  @IsInt() @Min(1) @Max(365) knownNetworkDays = 90;
}
