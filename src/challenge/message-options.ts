import { ArrayNotEmpty, IsInt, Max, Min } from 'class-validator';

/** The limits of messages to one user, and the time for sending one. */
export class MessageOptions {
  /** Seconds until the same destination gets another message for the same purpose: after the first, second, … The last repeats. */
  @ArrayNotEmpty() @IsInt({ each: true }) @Min(30, { each: true }) cooldownSeconds = [60, 60, 120, 300];

  /** Messages to one user in an hour, whatever they are for. */
  @IsInt() @Min(1) perHour = 5;

  /** Messages to one user in a day. */
  @IsInt() @Min(1) perDay = 10;

  /** Different destinations that one user may have codes sent to in a day while enrolling. */
  @IsInt() @Min(1) newDestinationsPerDay = 3;

  /** Seconds after which a gateway that does not answer counts as failed. */
  @IsInt() @Min(1) @Max(30) timeoutSeconds = 5;
}
