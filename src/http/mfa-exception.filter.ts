import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable, Optional } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { Words } from '../core/words.js';
import { Answer } from './answer.js';
import { ErrorFormat, type RefusedRequest } from './error-format.js';
import { logFailure } from './failure-log.js';
import { isHttp } from './http-context.js';
import { PlainAnswer, type SendsAnswers } from './plain-answer.js';
import { answerElsewhere } from './refusal-elsewhere.js';

/** Renders every error of the module's routes as the contract says. The application's filters do not matter. */
@Catch()
@Injectable()
export class MfaExceptionFilter implements ExceptionFilter {
  constructor(
    @Inject(Answer) private readonly answer: SendsAnswers,
    protected readonly words: Words,
    private readonly format: ErrorFormat,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.render(error, host);
  }

  protected render(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<unknown>();
    const request = http.getRequest<RefusedRequest>();
    logFailure(error, request);
    if (this.answer.isSent(response)) return;
    const { status, headers, body } = this.format.answer(error, request);
    this.answer.send(response, body, status, headers);
  }
}

/**
 * Renders the module's refusals on the application's own routes, with their headers. Other errors stay with the application's
 * filters. On a gateway it sends an `exception` message, as Nest does. In microservices and GraphQL it throws the error in
 * their format.
 */
@Catch(MfaError)
@Injectable()
export class MfaErrorFilter extends MfaExceptionFilter {
  /** All of them come from the module, or none: a controller's unit test may have only the controller. */
  constructor(
    @Optional() @Inject(Answer) answer: SendsAnswers = new PlainAnswer(),
    @Optional() words: Words = new Words(),
    @Optional() format: ErrorFormat = new ErrorFormat(words),
  ) {
    super(answer, words, format);
  }

  override catch(error: MfaError, host: ArgumentsHost): void {
    if (isHttp(host)) return this.render(error, host);
    // Nest sends what a filter returns; a microservice expects an Observable.
    return answerElsewhere(error, host, this.words) as void;
  }
}
