import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { KnownNetworks } from '../limits/known-networks.js';
import type { SignedIn } from '../session/signed-in-request.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { namedUser } from '../users/user-directory.js';
import { type Method, Methods } from '../verification/methods.js';
import { type PendingProof, PendingProofs } from '../verification/pending-proofs.js';
import { type Prompt, Prompts } from '../verification/prompts.js';
import { Freshness } from './freshness.js';

/** A session whose user's MFA is on, and the network that asks. */
interface Asking {
  given: SignedIn;
  row: AbstractMultiFactorAuth;
  network: string;
}

/** Asks a signed-in user for the second factor. */
@Injectable()
export class StepUpPrompts {
  constructor(
    private readonly prompts: Prompts,
    private readonly methods: Methods,
    private readonly proofs: PendingProofs,
    private readonly known: KnownNetworks,
    private readonly freshness: Freshness,
  ) {}

  /** Begins a step-up with the default method. @throws {MfaError} 503 if its message cannot be sent */
  async begin(asking: Asking): Promise<Prompt> {
    const method = this.default(asking.row);
    return { ...(await this.prompt(asking, this.newPending(asking), method)), challengeType: method.type };
  }

  /** The method that a step-up asks for first: that of the login, or the first second factor. @throws {MfaError} `mfa_enrolment_required` */
  default(row: AbstractMultiFactorAuth): Method {
    return this.freshness.secondFactors(row)[0]!;
  }

  /** Begins the ceremony of another method, or of the same again. Without a token, it begins a new step-up. @throws {MfaError} */
  choose(asking: Asking, mfaToken: unknown, methodId: unknown): Promise<Prompt> {
    const pending = mfaToken === undefined ? this.newPending(asking) : this.resume(asking, mfaToken);
    return this.prompt(asking, pending, this.methodOf(asking.row, pending, methodId));
  }

  /** The pending step-up of a session. @throws {MfaError} `invalid_mfa_token` */
  resume({ given, row }: Omit<Asking, 'network'>, mfaToken: unknown): PendingProof {
    const pending = this.proofs.open(mfaToken, 'step-up');
    this.proofs.checked(pending, row, audienceOf(given));
    return pending;
  }

  /** The method with this id, or the one that was begun. Recovery codes only sign in, as does a factor that is no second one. @throws {MfaError} `method_not_available` */
  methodOf(row: AbstractMultiFactorAuth, pending: PendingProof, id: unknown): Method {
    const method = id === undefined ? this.methods.begun(row, pending.method) : this.methods.named(row, id);
    if (!method.isSecondFactor) throw new MfaError('method_not_available');
    return method;
  }

  private newPending({ given, row }: Asking): PendingProof {
    const about = { purpose: 'step-up' as const, audience: audienceOf(given), amr: [] };
    return this.proofs.begin(row, this.freshness.secondFactors(row), about);
  }

  private async prompt(
    { given, row, network }: Asking,
    pending: PendingProof,
    method: Method | undefined,
  ): Promise<Prompt> {
    const standing = await this.known.find(row.userId, network);
    return this.prompts.begin(row, method, { user: namedUser(given.user), pending, standing });
  }
}

// Another session of the same user cannot go on with it. The application's credentials have no ids that would tell them apart.
function audienceOf({ session }: SignedIn): string {
  return session.id === null ? 'application' : `session:${session.id}`;
}
