import { IsInt, Max, Min } from 'class-validator';

/** How many wrong passwords are taken. A right one costs nothing. */
export class PasswordOptions {
  /** Wrong passwords for one name from one network at once; one more each minute. */
  @IsInt() @Min(3) @Max(10_000) perNetwork = 10;

  /** Wrong passwords for one name at once from all networks that it has not signed in from; as many more each hour. */
  @IsInt() @Min(10) @Max(10_000) perUser = 100;

  /** Names that one network may get wrong at once; one more each 10 seconds. */
  @IsInt() @Min(10) @Max(100_000) namesPerNetwork = 50;

  /** Days for which a network that a name has signed in from is known. */
  @IsInt() @Min(1) @Max(365) knownNetworkDays = 90;
}
