import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Hints } from '../../core/development.js';
import { EventTeller, type NumberRefusal } from '../../core/events.js';
import { MfaError } from '../../core/mfa-error.js';
import { Words } from '../../core/words.js';
import { failureOf, isPermanent } from '../../core/message-failure.js';
import { type Begun, Challenge, type Enrolment, MfaChallenge, type Moment, type Verdict } from '../challenge.js';
import { loadOtplib } from '../otplib.js';
import { type CodeSecret, codeFor, generateKey, readCode, spendCode } from '../sent-code.js';
import { PhoneNumbers } from './phone-numbers.js';
import { SmsOptions } from './sms-options.js';
import { SmsRequest } from './sms-request.js';
import { type SmsMessage, SmsSender } from './sms-sender.js';

/** The sealed state of an SMS factor. */
export interface SmsState extends CodeSecret {
  /** The number that codes go to. The column `phone_number` is only for people. */
  phoneNumber: string;
}

/** Why a number is refused, for developers. */
const REASONS: Record<NumberRefusal, string> = {
  country: 'its country is not in sms.allowedCountries',
  impossible: 'no phone can have it, e.g. because its country code is missing',
  costly: 'messages to it may cost extra',
  spelling: 'it is spelled in another way than from abroad, e.g. with its national zero',
};

/** A code by text message, as in Deux. */
@Injectable()
@MfaChallenge({ type: 'sms', request: SmsRequest, amr: ['sms'], sends: true })
export class SmsChallenge extends Challenge<SmsState, string, undefined, SmsRequest> implements OnModuleInit {
  private readonly hints = new Hints();

  constructor(
    private readonly sender: SmsSender,
    private readonly words: Words,
    private readonly numbers: PhoneNumbers,
    private readonly events: EventTeller,
    private readonly options: SmsOptions,
  ) {
    super();
  }

  /** Loads the libraries for codes and numbers, so the first user does not wait for them. */
  async onModuleInit(): Promise<void> {
    await Promise.all([loadOtplib(), this.numbers.prepare()]);
  }

  async enrol({ phone_number }: SmsRequest, moment: Moment): Promise<Enrolment<SmsState>> {
    const phoneNumber = phone_number.replace('+', '');
    const reason = await this.numbers.refusal(phoneNumber);
    if (reason) {
      const about = { userId: moment.user.id, at: moment.now, challengeType: 'sms' };
      const country = await this.numbers.countryOf(phoneNumber);
      await this.events.tell({ type: 'number_refused', ...about, reason, country });
      this.hints.tell(`A phone number was refused: ${REASONS[reason]}.`);
      throw new MfaError('invalid_phone_number');
    }
    return { state: { phoneNumber, ...generateKey() }, hint: phoneNumber, phoneNumber };
  }

  override same(one: SmsState, other: SmsState): boolean {
    return one.phoneNumber === other.phoneNumber;
  }

  override async begin([state]: readonly SmsState[], moment: Moment): Promise<Begun<undefined>> {
    if (!state?.phoneNumber) throw new MfaError('phone_number_not_set');
    const { phoneNumber } = state;
    const code = await codeFor(state, phoneNumber, moment);
    const said = this.words.sayCode(code, moment.user);
    if (said === undefined) throw new MfaError('sms_send_failed');
    const text = this.options.domain ? `${said}\n\n@${this.options.domain} #${code}` : said;
    const destination = await this.numbers.phoneOf(phoneNumber);
    const country = await this.numbers.countryOf(phoneNumber);
    const userId = moment.user.id;
    const send = (signal: AbortSignal) => this.send({ phoneNumber, text, code, userId, signal }, moment);
    return { message: { destination, country, failure: 'sms_send_failed', send } };
  }

  read(raw: unknown, moment: Moment): string | undefined {
    return readCode(raw, moment);
  }

  verify(state: SmsState, code: string, moment: Moment): Promise<Verdict<SmsState>> {
    return spendCode(state, state.phoneNumber, code, moment);
  }

  private async send(message: SmsMessage, { purpose }: Moment): Promise<void> {
    try {
      await this.sender.send(message);
    } catch (cause) {
      // A user can give another number only while enrolling.
      const isTheNumber = isPermanent(failureOf(cause)) && purpose === 'enrolment';
      throw isTheNumber ? new MfaError('invalid_phone_number', { cause }) : cause;
    }
  }
}
