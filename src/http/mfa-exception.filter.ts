import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { Words } from '../core/words.js';
import { Answer } from './answer.js';
import { errorAnswer } from './error-body.js';
import { logFailure } from './failure-log.js';

/** Renders every error of the module's routes as the contract says, whatever filters the application has. */
@Catch()
@Injectable()
export class MfaExceptionFilter implements ExceptionFilter {
  constructor(
    private readonly answer: Answer,
    private readonly words: Words,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    logFailure(error instanceof Error ? error : new Error('not an Error'));
    const { status, headers, body } = errorAnswer(error, this.words);
    this.answer.send(host.switchToHttp().getResponse(), body, status, headers);
  }
}
