// Set it up
export { MfaModule } from './mfa.module.js';
export type { LoginProtocol, MfaModuleAsyncOptions, MfaModuleOptions, MfaStructure, MfaValues } from './mfa.options.js';
export { UserDirectory, type DirectoryUser, type NamedUser } from './users/user-directory.js';
export { AbstractMultiFactorAuth, DISABLED, SMS } from './store/abstract-multi-factor-auth.js';
export { MultiFactorAuth } from './store/multi-factor-auth.entity.js';
export { mfaMigrations, MfaMigrationOptions } from './store/migrations/mfa-migrations.js';
export type { MfaMigration } from './store/migrations/create-table.js';
export { MFA_ENTITIES, type MultiFactorAuthEntity } from './store/tables.js';
export type { Factor, SentMessage, UsedToken } from './store/factor.js';
export { KeyProvider } from './crypto/key-provider.js';
export { Misconfiguration } from './core/misconfiguration.js';

// Options, each class with its defaults
export { CodeOptions } from './challenge/one-time-code.js';
export { BackupCodeOptions } from './challenge/recovery/backup-code-options.js';
export { MessageOptions } from './limits/message-options.js';
export { AttemptOptions } from './limits/attempt-options.js';
export { PasswordOptions } from './limits/password-options.js';
export { SessionOptions } from './session/session-options.js';
export { StepUpOptions } from './step-up/step-up-options.js';
export { OAuth2Options } from './login/oauth2/oauth2-options.js';
export { UpkeepOptions } from './upkeep/upkeep-options.js';
export type { ErrorFormatName } from './http/error-format.factory.js';
export type { RouteDecorators } from './http/module-routes.js';
export { DEFAULT_WORDS, Words, type Word, type WordOverrides } from './core/words.js';
export { sentence } from './http/sentence.js';

// Guard routes
export { SessionGuard } from './session/session.guard.js';
export { jwtCredential, type JwtSigner } from './session/jwt-credential.js';
export { sessionCredential } from './session/session-credential.js';
export { OwnCredential, type OwnSignIn } from './session/own-credential.js';
export type { MfaClaims } from './session/mfa-claims.js';
export type { FindToken } from './session/token-source.js';
export { CurrentSession, CurrentUser } from './session/current-user.decorator.js';
export { minutes, RequireMfa, RequireMfaGuard, type RequireMfaOptions } from './step-up/require-mfa.js';

// Work with users' MFA, sessions and clients
export { MultiFactorAuthService } from './account/multi-factor-auth.service.js';
export type { ForgetOptions } from './account/access.js';
export type { MfaStatus } from './enrolment/mfa-status.js';
export { Sessions } from './session/sessions.js';
export type { ClientGrant, IssuedSession, SignIn } from './session/sign-in.js';
export { MfaSession } from './store/mfa-session.entity.js';
export { OAuthClients, type NewOAuthClient, type OAuthGrant } from './login/oauth2/oauth-clients.js';
export { MfaOAuthClient } from './store/mfa-oauth-client.entity.js';
export { MfaEvents, type EventOrigin, type MessageLimit, type MfaEvent, type NumberRefusal } from './core/events.js';
export { MfaRateLimit } from './store/mfa-rate-limit.entity.js';
export { MfaAuditEvent } from './store/mfa-audit-event.entity.js';
export { MfaError, type MfaErrorDetails } from './core/mfa-error.js';
export { MfaErrorFilter } from './http/mfa-exception.filter.js';

// Operate it
export { KeyRotation, type KeyReport, type RotationOptions, type RotationProgress } from './upkeep/key-rotation.js';
export { Upkeep, type PurgeReport } from './upkeep/upkeep.js';

// Send SMS
export {
  BlockedPhoneNumberError,
  InvalidPhoneNumberError,
  SmsSender,
  type SendSms,
  type SmsMessage,
} from './challenge/sms/sms-sender.js';
export { PHONE_NUMBER, SmsRequest } from './challenge/sms/sms-request.js';
export { TotpChallenge } from './challenge/totp/totp-challenge.js';
export type { TotpImport } from './challenge/totp/totp-import.js';
export { TotpOptions } from './challenge/totp/totp-options.js';
export { SmsOptions } from './challenge/sms/sms-options.js';
export { SmsQueue } from './challenge/sms/sms-queue.js';
export { SmsDelivery, type QueuedSmsOutcome } from './challenge/sms/sms-delivery.js';
export { PhoneNumbers } from './challenge/sms/phone-numbers.js';
export { SmsChallenge, type SmsState } from './challenge/sms/sms-challenge.js';
export {
  NOT_SMS_DEVICE_CODES,
  TwilioMessageError,
  TwilioSmsSender,
  type TwilioHttpClient,
  type TwilioOptions,
} from './challenge/sms/twilio-sms-sender.js';
export { DevelopmentSmsSender } from './challenge/sms/development-sms-sender.js';

// Send e-mail
export {
  BlockedEmailAddressError,
  InvalidEmailAddressError,
  MailSender,
  type MailMessage,
  type SendMail,
} from './challenge/email/mail-sender.js';
export { EmailRequest } from './challenge/email/email-request.js';
export { EmailOptions } from './challenge/email/email-options.js';
export type { SmtpOptions } from './challenge/email/smtp-options.js';
export { EmailChallenge, type EmailState } from './challenge/email/email-challenge.js';
export { SmtpMailSender } from './challenge/email/smtp-mail-sender.js';
export { DevelopmentMailSender } from './challenge/email/development-mail-sender.js';

// Passkeys
export type { PasskeyImport } from './challenge/webauthn/passkey-import.js';
export { WebAuthnChallenge } from './challenge/webauthn/webauthn-challenge.js';
export { WebAuthnOptions, type UserVerification } from './challenge/webauthn/webauthn-options.js';
export { MfaCredential } from './store/mfa-credential.entity.js';

// Write a challenge
export {
  Challenge,
  MfaChallenge,
  type Begun,
  type ChallengeMetadata,
  type Enrolment,
  type Moment,
  type Verdict,
} from './challenge/challenge.js';
export type { RequestSchema, StandardSchema } from './http/body.js';
export { ChallengeRegistry, type ChallengeClass, type RegisteredChallenge } from './challenge/challenge-registry.js';
export { FailedChallengeError, type FailedChallengeDetails } from './challenge/failed-challenge-error.js';
export { codeFor, generateKey, readCode, spendCode, type CodeSecret } from './challenge/sent-code.js';
export type { MessageFailure } from './core/message-failure.js';
export type { Message } from './messages/message.js';
export { generateMfaCode, verifyMfaCode, type CodeMoment } from './challenge/one-time-code.js';
export type { Purpose } from './core/purpose.js';

// Describe it
export { MfaOpenApi } from './openapi/mfa-open-api.js';
export type { OpenApiDocument } from './openapi/document.js';

// Keep your own login
export { MfaLogin, type FirstProof, type LoginRequest, type OwnLogin } from './login/mfa-login.js';

// Write a login protocol
export type { Credentials, LoginAttempt } from './login/first-half.js';
export type { Caller } from './login/first-half.js';
export type { ChallengedLogin } from './login/pending-logins.js';
export { promptBody, type Prompt, type PromptBody } from './verification/prompts.js';
export type { ShownChallenge, ShownMethod } from './verification/shown-methods.js';
export { Login, type LoginOutcome } from './login/login.js';
export type { SecondFactor } from './login/given-proofs.js';
export { OpenSession, type SignInOutcome } from './login/open-session.js';

// Known from Deux
export { ChallengeRequiredMessage } from './login/oauth2/challenge-required-message.js';

// Control time in tests
export { Clock } from './core/clock.js';
