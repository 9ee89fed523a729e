import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable } from '@nestjs/common';
import OAuth2Server from '@node-oauth/oauth2-server';
import { MfaError } from '../../core/mfa-error.js';
import type { Word } from '../../core/words.js';
import { Words } from '../../core/words.js';
import { Answer } from '../../http/answer.js';
import { errorHeaders } from '../../http/error-body.js';
import { logFailure } from '../../http/failure-log.js';
import { refusalOf } from '../../http/refusal.js';
import { ChallengeRequiredMessage } from './password-grant.js';

/** What is not `invalid_grant` among the module's refusals. */
const ERROR: Partial<Record<Word, string>> = {
  both_codes: 'invalid_request',
  malformed_body: 'invalid_request',
  sms_send_failed: 'temporarily_unavailable',
  challenge_failed: 'temporarily_unavailable',
  phone_number_not_set: 'temporarily_unavailable',
  server_error: 'server_error',
  unavailable: 'temporarily_unavailable',
};

/** Renders the errors of the token endpoint as RFC 6749 §5.2 says, and the challenge as the 200 that it is. */
@Catch()
@Injectable()
export class OAuthExceptionFilter implements ExceptionFilter {
  constructor(
    private readonly answer: Answer,
    private readonly words: Words,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<unknown>();
    if (this.answer.isSent(response)) return logFailure(error);
    if (error instanceof ChallengeRequiredMessage) {
      return this.answer.send(response, { mfa_required: true, mfa_type: error.challengeType });
    }
    if (error instanceof OAuth2Server.InvalidClientError) return this.refuseClient(response, error);
    if (error instanceof OAuth2Server.OAuthError && !(error instanceof OAuth2Server.ServerError)) {
      return this.answer.send(response, { error: error.name, error_description: error.message }, error.code);
    }
    if (error instanceof HttpException && !(error instanceof MfaError)) {
      return this.answer.send(
        response,
        { error: 'invalid_request', error_description: error.message },
        error.getStatus(),
      );
    }
    this.refuse(response, error);
  }

  private refuse(response: unknown, error: unknown): void {
    logFailure(error);
    const known = refusalOf(error);
    const body = { error: ERROR[known.code] ?? 'invalid_grant', error_description: this.words.say(known.code) };
    this.answer.send(response, body, known.getStatus(), errorHeaders(known));
  }

  // RFC 6749 §5.2: 401, and the scheme by which a client may authenticate, however it tried.
  private refuseClient(response: unknown, { message }: OAuth2Server.OAuthError): void {
    this.answer.send(response, { error: 'invalid_client', error_description: message }, 401, {
      'WWW-Authenticate': 'Basic realm="mfa"',
    });
  }
}
