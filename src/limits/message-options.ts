import { ArrayNotEmpty, IsInt, IsNumber, Max, Min, ValidateIf } from 'class-validator';

/** Limits on messages, and the time for sending one. */
export class MessageOptions {
  /** Seconds until the same destination gets another message for the same purpose: after the first, second, … The last repeats. */
  @ArrayNotEmpty() @IsInt({ each: true }) @Min(30, { each: true }) cooldownSeconds = [60, 60, 120, 300];

  /** Messages to one user in an hour, whatever they are for. */
  @IsInt() @Min(1) perHour = 5;

  /** Messages to one user in a day. */
  @IsInt() @Min(1) perDay = 10;

  /** Different destinations that one user may try to enrol in a day. */
  @IsInt() @Min(1) newDestinationsPerDay = 3;

  /** Different destinations that one user may try to enrol in 30 days. */
  @IsInt() @Min(1) newDestinationsPerMonth = 5;

  /** Messages to one destination in an hour, from all users together. */
  @IsInt() @Min(1) perDestinationPerHour = 5;

  /** Messages to one destination in a day. */
  @IsInt() @Min(1) perDestinationPerDay = 10;

  /** Messages to new destinations that one network may ask for in an hour. */
  @IsInt() @Min(1) enrolmentsPerNetworkPerHour = 20;

  /** Other messages that one network may ask for in an hour. */
  @IsInt() @Min(1) loginsPerNetworkPerHour = 60;

  /** Messages to one country in a day. New destinations may use the first half. */
  @IsInt() @Min(2) perCountryPerDay = 200;

  /**
   * Messages to all countries together in a day, and as many of each kind that has no country, e.g. e-mail. New destinations may use the first half. `false`: three times `perCountryPerDay`. An event and
   * a warning come before it is reached.
   */
  @ValidateIf(({ totalPerDay }: MessageOptions) => totalPerDay !== false) @IsInt() @Min(2) totalPerDay: number | false =
    false;

  /** If fewer codes than this share are entered, a country's new destinations get no messages for an hour. 0 never stops them. */
  @IsNumber() @Min(0) @Max(1) minimumVerifiedShare = 0.25;

  /** Seconds after which a gateway that does not answer counts as failed. */
  @IsInt() @Min(1) @Max(30) timeoutSeconds = 5;
}
