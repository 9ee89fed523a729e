import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { Words } from '../core/words.js';
import { errorAnswer } from './error-body.js';
import { logFailure } from './failure-log.js';
import { ModulePath } from './module-path.js';
import { oauthErrorAnswer } from './oauth-error-body.js';

/**
 * The answer to a body that cannot be read: one text, whatever the reason. A parser's message quotes the body, which may have a
 * password, so it must not reach a response or the application's log.
 */
@Injectable()
export class UnreadableBody {
  constructor(
    private readonly path: ModulePath,
    private readonly words: Words,
  ) {}

  /** Returns the answer's text. */
  text(url: string, error: MfaError): string {
    logFailure(error);
    const answerTo = this.path.isOAuth(url) ? oauthErrorAnswer : errorAnswer;
    return JSON.stringify(answerTo(error, this.words).body);
  }
}

/** Returns the refusal of an unreadable body. */
export function malformedBody(status = 400): MfaError {
  return new MfaError('malformed_body', { status });
}
