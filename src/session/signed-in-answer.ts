import { Injectable } from '@nestjs/common';
import { Answer } from '../http/answer.js';
import type { DirectoryUser } from '../users/user-directory.js';
import type { LiveSession } from './live-session.js';
import type { MfaClaims } from './mfa-claims.js';
import { type Exchange, OwnCredentials } from './own-credentials.js';
import type { SignedIn } from './signed-in-request.js';

/** Answers signed-in users, with a new credential of the application where the old one is over. */
@Injectable()
export class SignedInAnswer {
  constructor(
    private readonly answer: Answer,
    private readonly own: OwnCredentials,
  ) {}

  /** Whether the application issues its own credentials. */
  get isOwn(): boolean {
    return this.own.areUsed;
  }

  /** Answers where the credential stays as it is. */
  send(response: unknown, body: unknown, status?: number): void {
    this.answer.send(response, body, status);
  }

  /** Answers after a change, with a credential for the session that goes on: 204 if there is nothing to say. */
  async sendRenewed(
    { user }: SignedIn,
    goesOn: LiveSession | undefined,
    { body = {}, ...exchange }: Exchange & { body?: object },
  ): Promise<void> {
    const renewed = goesOn ? await this.own.renewed(user, goesOn, exchange) : {};
    const all = { ...body, ...renewed };
    if (Object.keys(all).length > 0) this.answer.send(exchange.response, all);
    else this.answer.send(exchange.response, undefined, 204);
  }

  /** Answers a login of the application with the credential that it issues. */
  async sendIssued(
    user: DirectoryUser,
    claims: MfaClaims,
    { body, ...exchange }: Exchange & { body?: object },
  ): Promise<void> {
    const issued = await this.own.issued(user, claims, exchange);
    this.answer.send(exchange.response, { mfa_required: false, ...body, ...issued });
  }
}
