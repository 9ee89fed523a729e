import type { EmailOptions, SmsOptions } from 'nestjs-mfa';
import { InboxMailSender, InboxSmsSender } from './inbox/inbox-senders.js';
import { inProduction } from './surroundings.js';

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER, SMTP_URL, MAIL_FROM } = process.env;

const twilio = { accountSid: TWILIO_ACCOUNT_SID, authToken: TWILIO_AUTH_TOKEN, from: TWILIO_PHONE_NUMBER };

/** How text messages go out: through Twilio if its three variables are set. Production does not start without them. */
export const sms: SmsOptions = {
  ...(TWILIO_ACCOUNT_SID || inProduction ? { twilio } : { sender: InboxSmsSender }),
  // The countries of your users: you pay for messages, and some countries cost many times as much.
  allowedCountries: ['US'],
};

/** How mails go out: over SMTP if its two variables are set. Production does not start without them. */
export const email: EmailOptions = {
  ...(SMTP_URL || inProduction ? { smtp: SMTP_URL, from: MAIL_FROM } : { sender: InboxMailSender }),
  // The sample has no "forgot my password". Leave this out if yours sends mails: their reader would have both factors.
  cannotResetPassword: true,
};
