import { Injectable } from '@nestjs/common';
import type { Twilio } from 'twilio';
import { FailedChallengeError } from '../failed-challenge-error.js';
import { InvalidPhoneNumberError, type SmsMessage, SmsSender } from './sms-sender.js';

/** Twilio's codes for a number that takes no SMS. Deux has the second, `NOT_SMS_DEVICE_CODE`. */
export const NOT_SMS_DEVICE_CODES: readonly number[] = [21211, 21401, 21610, 21614];

/** Any other failure of Twilio. Deux: `TwilioMessageError`. */
export class TwilioMessageError extends FailedChallengeError {}

/** Credentials of Twilio, and the sender of messages. */
export interface TwilioOptions {
  /** Deux: `TWILIO_ACCOUNT_SID`. */
  accountSid: string;
  /** Deux: `TWILIO_AUTH_TOKEN`. */
  authToken: string;
  /** A number in E.164. Deux: `TWILIO_PHONE_NUMBER`. Give this or `messagingServiceSid`. */
  from?: string;
  /** A messaging service that chooses the number. */
  messagingServiceSid?: string;
  /** A replacement for Twilio's HTTP client, e.g. to use a proxy, or a fake in tests. */
  httpClient?: TwilioHttpClient;
}

/** An HTTP client for Twilio's package. The package's own type is not named, because an application may not have the package. */
export interface TwilioHttpClient {
  /** Sends one request, and resolves with `{ statusCode, body }`. */
  request(options: object): Promise<unknown>;
}

type ClientOptions = NonNullable<ConstructorParameters<typeof Twilio>[2]>;

/** Sends messages through Twilio. The package is loaded with the first message: it costs 200 ms and 20 MB. */
@Injectable()
export class TwilioSmsSender extends SmsSender {
  private client?: Promise<Twilio>;

  constructor(
    private readonly options: TwilioOptions,
    private readonly timeoutSeconds: number,
  ) {
    super();
  }

  async send({ phoneNumber, text }: SmsMessage): Promise<void> {
    const { from, messagingServiceSid } = this.options;
    const client = await (this.client ??= this.connect());
    try {
      await client.messages.create({ to: `+${phoneNumber}`, body: text, from, messagingServiceSid });
    } catch (error) {
      throw translate(error);
    }
  }

  private async connect(): Promise<Twilio> {
    const { default: twilio } = await import('twilio');
    const { accountSid, authToken, httpClient } = this.options;
    const timeout = this.timeoutSeconds * 1000;
    const client = httpClient as ClientOptions['httpClient'];
    return twilio(accountSid, authToken, { httpClient: client ?? new twilio.RequestClient({ timeout }) });
  }
}

// Keeps only the code: an error of Twilio's HTTP client has the request with the message in it.
function translate(error: unknown): FailedChallengeError {
  const given = (error as { code?: unknown } | null)?.code;
  const code = typeof given === 'number' || typeof given === 'string' ? given : undefined;
  const Failure = NOT_SMS_DEVICE_CODES.some((known) => known === code) ? InvalidPhoneNumberError : TwilioMessageError;
  return new Failure(`Twilio did not take the message (${code ?? 'no code'}).`, { code });
}
