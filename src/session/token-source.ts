import { Misconfiguration } from '../core/misconfiguration.js';
import { checkKind } from '../core/option-kinds.js';
import type { OwnCredentials } from './own-credentials.js';

/** Finds the module's token in a request, e.g. in a cookie. Undefined if there is none. */
export type FindToken = (request: never) => string | undefined;

/** The parts of a framework's request that may hold a token. */
export interface TokenRequest {
  headers: { authorization?: string };
}

/** Where a session's token stands in a request: in `Authorization`, or where the application's function finds it. */
export class TokenSource {
  constructor(
    private readonly find: FindToken | undefined,
    own: OwnCredentials,
  ) {
    if (find === undefined) return;
    checkKind('token', find, 'a function', '(request) => request.cookies.session');
    if (own.areUsed)
      throw new Misconfiguration(
        '`token` finds tokens of the module, and `signedIn` takes only yours, e.g. token: undefined.',
      );
  }

  /** Returns the token of a request, or undefined. */
  of(request: TokenRequest): string | undefined {
    const token = inHeader(request.headers.authorization) ?? this.find?.(request as never);
    return typeof token === 'string' && token !== '' ? token : undefined;
  }
}

/** Returns the token of `Authorization`: RFC 6750 §2.1, with as many blanks as RFC 9110 §11.4 allows, and Django's `Token` besides. Never from the query or the body, where it would be logged. */
export function inHeader(header: string | undefined): string | undefined {
  return /^(?:token|bearer) +([\x21-\x7e]+)$/i.exec(header ?? '')?.[1];
}
