import { Injectable } from '@nestjs/common';
import type { Twilio } from 'twilio';
import { FailedChallengeError } from '../failed-challenge-error.js';
import { BlockedPhoneNumberError, InvalidPhoneNumberError, type SmsMessage, SmsSender } from './sms-sender.js';

/** Twilio's codes for a number that takes no SMS. Deux has the second, `NOT_SMS_DEVICE_CODE`. */
export const NOT_SMS_DEVICE_CODES: readonly number[] = [21211, 21401, 21614];

/** Twilio's codes for a sender that may not write to a number: not enabled for its region, STOP, no route from this number. */
const BLOCKED_CODES: readonly number[] = [21408, 21610, 21612];

/** What fails before a request is sent. */
const NOT_CONNECTED: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/** Any other failure of Twilio. Deux: `TwilioMessageError`. */
export class TwilioMessageError extends FailedChallengeError {}

/** Credentials of Twilio, and the sender of messages. */
export interface TwilioOptions {
  /** Deux: `TWILIO_ACCOUNT_SID`. */
  accountSid: string;
  /** Deux: `TWILIO_AUTH_TOKEN`. Give this, or an API key. */
  authToken?: string;
  /** The SID of an API key, `SK…`. Unlike the token, a key can be revoked alone. */
  apiKeySid?: string;
  /** The secret of the API key. */
  apiKeySecret?: string;
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
    const { accountSid, authToken, apiKeySid, apiKeySecret, httpClient } = this.options;
    // A second later than the module itself stops waiting: it is the one that tells how long it waited.
    const timeout = (this.timeoutSeconds + 1) * 1000;
    const client = httpClient as ClientOptions['httpClient'];
    const options = { accountSid, httpClient: client ?? new twilio.RequestClient({ timeout }) };
    return apiKeySid ? twilio(apiKeySid, apiKeySecret, options) : twilio(accountSid, authToken, options);
  }
}

// Keeps only the code: an error of Twilio's HTTP client has the request with the message in it.
function translate(error: unknown): FailedChallengeError {
  const { code: given, status } = (error ?? {}) as { code?: unknown; status?: unknown };
  const code = typeof given === 'number' || typeof given === 'string' ? given : undefined;
  const text = `Twilio did not take the message (${code ?? 'no code'}).`;
  if (NOT_SMS_DEVICE_CODES.some((known) => known === code)) return new InvalidPhoneNumberError(text, { code });
  if (BLOCKED_CODES.some((known) => known === code)) return new BlockedPhoneNumberError(text, { code });
  // Without the status of an answer, Twilio may have taken the message.
  const isAnswered = typeof status === 'number' || NOT_CONNECTED.includes(code);
  return new TwilioMessageError(text, { code, reason: isAnswered ? 'gateway' : 'unknown' });
}
