import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { Words } from '../../core/words.js';
import { Answer } from '../../http/answer.js';
import { logFailure } from '../../http/failure-log.js';
import { oauthErrorAnswer } from '../../http/oauth-error-body.js';
import { OAuthRefusal } from './oauth-refusal.js';

/** RFC 6749 §5.2: the scheme that a client may use. */
const CLIENT_SCHEME = { 'WWW-Authenticate': 'Basic realm="mfa"' };

/** Renders the errors of the OAuth2 routes as RFC 6749 §5.2 says. */
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
    if (error instanceof OAuthRefusal) {
      const body = { error: error.error, error_description: error.message };
      return this.answer.send(response, body, error.status, error.status === 401 ? CLIENT_SCHEME : {});
    }
    logFailure(error);
    const { status, headers, body } = oauthErrorAnswer(error, this.words);
    this.answer.send(response, body, status, headers);
  }
}
