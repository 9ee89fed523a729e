import { Matches } from 'class-validator';
import { sentence } from '../../http/sentence.js';

/** 7 to 15 ASCII digits without a leading zero (E.164), with or without `+`. Deux: `phone_number_validator`. */
export const PHONE_NUMBER = /^\+?[1-9][0-9]{6,14}$/;

/** The body of `PUT /mfa/sms/request/`. Deux: `SMSChallengeRequestSerializer`. */
export class SmsRequest {
  @Matches(PHONE_NUMBER, { message: sentence('invalid_phone_number') })
  phone_number!: string;
}
