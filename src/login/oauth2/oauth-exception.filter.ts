import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable } from '@nestjs/common';
import { MfaError } from '../../core/mfa-error.js';
import type { Word } from '../../core/words.js';
import { Words } from '../../core/words.js';
import { Answer } from '../../http/answer.js';
import { errorHeaders } from '../../http/error-body.js';
import { logFailure } from '../../http/failure-log.js';
import { refusalOf } from '../../http/refusal.js';
import { ChallengeRequiredMessage } from './challenge-required-message.js';
import { OAuthRefusal } from './oauth-refusal.js';

/** The module's refusals that are neither `invalid_grant` nor an outage. */
const ERROR: Partial<Record<Word, string>> = {
  both_codes: 'invalid_request',
  malformed_body: 'invalid_request',
  server_error: 'server_error',
};

/** RFC 6749 §5.2: the scheme that a client may use. */
const CLIENT_SCHEME = { 'WWW-Authenticate': 'Basic realm="mfa"' };

/** Renders the errors of the token endpoint as RFC 6749 §5.2 says, and a challenge as a 200. */
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
    if (error instanceof OAuthRefusal) {
      const body = { error: error.error, error_description: error.message };
      return this.answer.send(response, body, error.status, error.status === 401 ? CLIENT_SCHEME : {});
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
    const fallback = known.getStatus() === 503 ? 'temporarily_unavailable' : 'invalid_grant';
    const body = { error: ERROR[known.code] ?? fallback, error_description: this.words.say(known.code) };
    this.answer.send(response, body, known.getStatus(), errorHeaders(known));
  }
}
