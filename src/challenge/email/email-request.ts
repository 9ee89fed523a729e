import { IsEmail } from 'class-validator';
import { sentence } from '../../http/sentence.js';

/** The body of `PUT /mfa/email/request/`. */
export class EmailRequest {
  @IsEmail({}, { message: sentence('invalid_email') })
  email!: string;
}
