import { Injectable } from '@nestjs/common';
import type { MfaError } from '../core/mfa-error.js';
import { answerOutside, ErrorFormat, type RefusedRequest } from './error-format.js';
import { logFailure } from './failure-log.js';
import { ModulePath } from './module-path.js';

/**
 * The answer to a body that cannot be read: one text, whatever the reason. A parser's message quotes the body, which may have a
 * password, so it must not reach a response or the application's log.
 */
@Injectable()
export class UnreadableBody {
  constructor(
    private readonly path: ModulePath,
    private readonly format: ErrorFormat,
  ) {}

  /** Returns the answer's text. */
  text(request: RefusedRequest, error: MfaError): string {
    logFailure(error, request);
    return JSON.stringify(answerOutside(this.path, this.format, error, request).body);
  }
}
