import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { Answer } from '../../http/answer.js';
import { logFailure } from '../../http/failure-log.js';
import { ErrorFormat, type RefusedRequest } from '../../http/error-format.js';
import { OAuthRefusal } from './oauth-refusal.js';

/** RFC 6749 §5.2: the scheme that a client may use. */
const CLIENT_SCHEME = { 'WWW-Authenticate': 'Basic realm="mfa"' };

/** Renders the errors of the OAuth2 routes as RFC 6749 §5.2 says. */
@Catch()
@Injectable()
export class OAuthExceptionFilter implements ExceptionFilter {
  constructor(
    private readonly answer: Answer,
    private readonly format: ErrorFormat,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, response] = [http.getRequest<RefusedRequest>(), http.getResponse<unknown>()];
    if (this.answer.isSent(response)) return logFailure(error, request);
    if (error instanceof OAuthRefusal) {
      const body = { ...this.format.oauthBody(error.error, error.message), ...error.details };
      return this.answer.send(response, body, error.status, error.status === 401 ? CLIENT_SCHEME : {});
    }
    logFailure(error, request);
    const { status, headers, body } = this.format.oauthAnswer(error);
    this.answer.send(response, body, status, headers);
  }
}
