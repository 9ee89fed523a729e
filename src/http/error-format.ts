import type { MfaError } from '../core/mfa-error.js';
import type { Words } from '../core/words.js';
import { type ErrorAnswer, errorAnswer } from './error-body.js';
import type { ModulePath } from './module-path.js';
import { oauthErrorAnswer } from './oauth-error-body.js';

/** The parts of a request that an error's body can name. A parser's refusal has no `body`. */
export interface RefusedRequest {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
}

/** How errors are answered: in Nest's shape with a stable `code`, and on the OAuth2 routes as RFC 6749 §5.2 says. */
export class ErrorFormat {
  constructor(protected readonly words: Words) {}

  /** Returns the answer to any error. An unexpected error becomes a 500, or a 503 in an outage, without details. */
  answer(error: unknown, _request: RefusedRequest): ErrorAnswer {
    return errorAnswer(error, this.words);
  }

  /** Returns the answer to any error of the OAuth2 routes. */
  oauthAnswer(error: unknown): ErrorAnswer {
    return oauthErrorAnswer(error, this.words);
  }

  /** Returns the body of an error of OAuth2. */
  oauthBody(error: string, description: string): object {
    return { error, error_description: description };
  }
}

/** Returns the answer to an error that is refused outside the controllers: its URL says which form its route has. */
export function answerOutside(
  path: ModulePath,
  format: ErrorFormat,
  error: MfaError,
  request: RefusedRequest,
): ErrorAnswer {
  return path.isOAuth(request.url) ? format.oauthAnswer(error) : format.answer(error, request);
}
