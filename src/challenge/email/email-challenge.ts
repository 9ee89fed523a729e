import { Injectable, type OnModuleInit } from '@nestjs/common';
import { failureOf, isPermanent } from '../../core/message-failure.js';
import { MfaError } from '../../core/mfa-error.js';
import { Words } from '../../core/words.js';
import { type Begun, Challenge, type Enrolment, MfaChallenge, type Moment, type Verdict } from '../challenge.js';
import { loadOtplib } from '../otplib.js';
import { codeExpiry, codeFor, type CodeSecret, generateKey, readCode, spendCode } from '../sent-code.js';
import { addressOf, mailboxOf } from './email-address.js';
import { htmlOf } from './email-html.js';
import { EmailOptions } from './email-options.js';
import { EmailRequest } from './email-request.js';
import { type MailMessage, MailSender } from './mail-sender.js';

/** The sealed state of an e-mail factor. */
export interface EmailState extends CodeSecret {
  /** The address that codes go to. */
  address: string;
}

/** A mail may be slow, so it has the next window's code, which is valid in this window and the two after it. */
const DRIFT = 1;

/**
 * A code by e-mail, and never a link, because virus scanners follow links. It is valid for 400 to 600 seconds. It is a
 * second factor only with `email.cannotResetPassword`: NIST SP 800-63B §5.1.3.1 does not accept e-mail as one.
 */
@Injectable()
@MfaChallenge({
  type: 'email',
  request: EmailRequest,
  amr: ['email'],
  sends: true,
  stepSeconds: 200,
  loginSeconds: 600,
})
export class EmailChallenge extends Challenge<EmailState, string, undefined, EmailRequest> implements OnModuleInit {
  override readonly secondFactor: boolean;

  constructor(
    private readonly sender: MailSender,
    private readonly words: Words,
    { cannotResetPassword = false }: EmailOptions,
  ) {
    super();
    this.secondFactor = cannotResetPassword;
  }

  /** Loads the library for codes, so the first user does not wait for it. */
  async onModuleInit(): Promise<void> {
    await loadOtplib();
  }

  enrol({ email }: EmailRequest): Enrolment<EmailState> {
    const address = addressOf(email);
    if (address === undefined) throw new MfaError('invalid_email');
    return { state: { address, ...generateKey() }, hint: address };
  }

  override async begin([state]: readonly EmailState[], moment: Moment): Promise<Begun<undefined>> {
    const { address: to } = state!;
    const { user } = moment;
    const code = await codeFor(state!, to, moment, DRIFT);
    const text = this.words.sayCode(code, user, 'mfa_code_email');
    if (text === undefined) throw new MfaError('email_send_failed');
    const subject = oneLine(this.words.say('mfa_code_email_subject', { code }, user));
    const mail = { to, subject, text, html: htmlOf(text, code), code, userId: user.id };
    const send = (signal: AbortSignal) => this.send({ ...mail, signal }, moment);
    const expiresAt = codeExpiry(moment, DRIFT);
    return { message: { destination: mailboxOf(to), expiresAt, failure: 'email_send_failed', send } };
  }

  read(raw: unknown, moment: Moment): string | undefined {
    return readCode(raw, moment);
  }

  override same(one: EmailState, other: EmailState): boolean {
    return mailboxOf(one.address) === mailboxOf(other.address);
  }

  verify(state: EmailState, code: string, moment: Moment): Promise<Verdict<EmailState>> {
    return spendCode(state, state.address, code, moment);
  }

  private async send(message: MailMessage, { purpose }: Moment): Promise<void> {
    try {
      await this.sender.send(message);
    } catch (cause) {
      // A user can give another address only while enrolling.
      const isTheAddress = isPermanent(failureOf(cause)) && purpose === 'enrolment';
      throw isTheAddress ? new MfaError('invalid_email', { cause }) : cause;
    }
  }
}

// A line break in a subject would start another header (header injection).
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
