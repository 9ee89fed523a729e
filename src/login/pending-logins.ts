import { Injectable } from '@nestjs/common';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { notedOf } from '../limits/known-networks.js';
import type { ClientGrant } from '../session/sign-in.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { namedUser } from '../users/user-directory.js';
import { type Method, Methods } from '../verification/methods.js';
import { invalidToken, type PendingProof, PendingProofs } from '../verification/pending-proofs.js';
import { type Prompt, Prompts } from '../verification/prompts.js';
import { provenFirst, type Seen, type SeenAttempt } from './first-half.js';
import type { Opening } from './login.js';

/** A login that waits for its second factor, as its client gets it. */
export type ChallengedLogin = Prompt & { kind: 'challenged' };

/** An attempt that goes on with a pending login. */
type ResumedAttempt = SeenAttempt & { pending: PendingProof };

/** Begins logins that wait for a second factor, and checks those that go on. */
@Injectable()
export class PendingLogins {
  constructor(
    private readonly prompts: Prompts,
    private readonly proofs: PendingProofs,
    private readonly methods: Methods,
    private readonly hashes: KeyedHash,
  ) {}

  /** Begins the ceremony of the default method. @throws {MfaError} 503 if its message cannot be sent */
  begin(attempt: SeenAttempt, row: AbstractMultiFactorAuth, opening?: Opening): Promise<ChallengedLogin> {
    return this.prompt(attempt, row, this.pendingOf(attempt, row, opening), this.methods.default(row));
  }

  /** Begins the ceremony of a method: of another one, or of the same again. @throws {MfaError} */
  choose(attempt: ResumedAttempt, methodId: unknown): Promise<ChallengedLogin> {
    const { pending } = attempt;
    const row = this.check(attempt, pending.audience);
    const method = methodId === undefined ? this.methods.begun(row, pending.method) : this.methods.named(row, methodId);
    return this.prompt(attempt, row, pending, method);
  }

  /** The answer while nobody has answered the ceremony, e.g. a push notification. */
  waiting(attempt: SeenAttempt, row: AbstractMultiFactorAuth, opening?: Opening): ChallengedLogin {
    const pending = this.pendingOf(attempt, row, opening);
    const asked = { user: namedUser(attempt.user), standing: attempt.standing, pending };
    return { kind: 'challenged', ...this.prompts.repeat(row, asked) };
  }

  /** The row of a pending login that may go on here. @throws {MfaError} `invalid_mfa_token` */
  check({ pending, seen }: ResumedAttempt, audience: string): AbstractMultiFactorAuth {
    const row = this.proofs.checked(pending, seen.row, audience);
    const { passwordMark } = pending;
    if (passwordMark !== undefined && !this.marksOf(seen).includes(passwordMark)) throw invalidToken();
    return row;
  }

  private async prompt(
    { user, standing }: SeenAttempt,
    row: AbstractMultiFactorAuth,
    pending: PendingProof,
    method: Method | undefined,
  ): Promise<ChallengedLogin> {
    const prompt = await this.prompts.begin(row, method, { user: namedUser(user), pending, standing });
    return { kind: 'challenged', ...prompt };
  }

  private pendingOf(attempt: SeenAttempt, row: AbstractMultiFactorAuth, opening?: Opening): PendingProof {
    const { pending, seen } = attempt;
    if (pending) return pending;
    return this.proofs.begin(row, this.methods.of(row), {
      purpose: 'login',
      audience: audienceOf(opening),
      amr: provenFirst(attempt),
      passwordMark: seen.passwordHash ? this.hashes.hash(MARK, markedText(seen)) : undefined,
      standing: notedOf(attempt.standing),
      scope: opening?.grant?.scope,
    });
  }

  // A directory without hashes, e.g. LDAP, has its password changes told by `passwordChanged`, which raises the epoch.
  private marksOf(seen: Seen): string[] {
    return seen.passwordHash ? this.hashes.candidates(MARK, markedText(seen)) : [];
  }
}

const MARK = 'password-mark';

function markedText({ userId, passwordHash }: Seen): string {
  return JSON.stringify([userId, passwordHash]);
}

/** Returns who may finish a login: one OAuth2 client, the token login, or the application itself. */
export function audienceOf(opening?: { grant?: Pick<ClientGrant, 'clientId'> }): string {
  if (!opening) return 'application';
  return opening.grant ? `oauth2:${opening.grant.clientId}` : 'session';
}
