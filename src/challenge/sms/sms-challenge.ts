import { Injectable } from '@nestjs/common';
import { MfaError } from '../../core/mfa-error.js';
import { Words } from '../../core/words.js';
import type { Delivery } from '../../messages/message.js';
import { type CodeSecret, codeFor, generateKey, looksLikeCode, spendCode } from '../sent-code.js';
import { Challenge, type ChallengeContext, type Enrolment, MfaChallenge } from '../challenge.js';
import { PhoneNumbers } from './phone-numbers.js';
import { SmsRequest } from './sms-request.js';
import { InvalidPhoneNumberError, type SmsMessage, SmsSender } from './sms-sender.js';

/** What is kept, sealed, of an SMS factor. */
export interface SmsState extends CodeSecret {
  /** The number that codes go to. The column `phone_number` is for people to read. */
  phoneNumber: string;
}

/** A code by text message, as Deux has it. */
@Injectable()
@MfaChallenge({ type: 'sms', body: SmsRequest, amr: 'sms' })
export class SmsChallenge extends Challenge<SmsState, SmsRequest> {
  constructor(
    private readonly sender: SmsSender,
    private readonly words: Words,
    private readonly numbers: PhoneNumbers,
  ) {
    super();
  }

  enrol({ phone_number }: SmsRequest): Enrolment<SmsState> {
    const phoneNumber = phone_number.replace('+', '');
    if (!this.numbers.accepts(phoneNumber)) throw new MfaError('invalid_phone_number');
    return { state: { phoneNumber, ...generateKey() }, hint: phoneNumber };
  }

  override prompt(state: SmsState, context: ChallengeContext): Delivery {
    const { phoneNumber } = state;
    if (!phoneNumber) throw new MfaError('phone_number_not_set');
    const code = codeFor(state, phoneNumber, context);
    const text = this.words.say('mfa_code_text_message', { code });
    return {
      destination: this.numbers.phoneOf(phoneNumber),
      country: this.numbers.countryOf(phoneNumber),
      failure: 'sms_send_failed',
      send: (signal) => this.deliver({ phoneNumber, text, code, userId: context.userId, signal }),
    };
  }

  override wellFormed(code: string, context: ChallengeContext): boolean {
    return looksLikeCode(code, context);
  }

  verify(state: SmsState, code: string, context: ChallengeContext): SmsState | null {
    return spendCode(state, state.phoneNumber, code, context);
  }

  private async deliver(message: SmsMessage): Promise<void> {
    try {
      await this.sender.send(message);
    } catch (cause) {
      throw cause instanceof InvalidPhoneNumberError ? new MfaError('invalid_phone_number', { cause }) : cause;
    }
  }
}
