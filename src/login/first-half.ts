import { Injectable, Logger } from '@nestjs/common';
import { errorName } from '../core/error-name.js';
import { Clock } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import type { Connection } from '../http/connection.js';
import { networkOf } from '../http/network.js';
import { KnownNetworks, type NotedStanding, type Standing } from '../limits/known-networks.js';
import { PasswordAttempts } from '../limits/password-attempts.js';
import { MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { judgesItself, unchanged } from '../users/changed-meanwhile.js';
import { type DirectoryUser, idOf, isActive, UserDirectory } from '../users/user-directory.js';
import { invalidToken, type PendingProof } from '../verification/pending-proofs.js';
import { readCredentials } from './credential-fields.js';

/** Where a login comes from. */
export interface Caller {
  /** The client's address, as the framework gives it: `request.ip`. Its network counts wrong passwords and messages. */
  address: string | undefined;
  /** Says whether the client has gone, e.g. an `AbortSignal`: a backup code then stays unused. */
  signal?: Connection;
}

/** A name and a password: the first half of a login. */
export interface Credentials extends Caller {
  username: string;
  password: string;
}

/** A user's row as it was read, and the hash of the password as the directory gave it after that. */
export interface Seen {
  userId: string;
  row: SeenRow;
  passwordHash?: string | null;
}

/** A user who has passed the first half of a login. `decide` takes it. */
export interface LoginAttempt {
  user: DirectoryUser;
  network: string;
  startedAt: Date;
  /** What MFA knew of the user before the last check of the password, if the module judged it. */
  seen?: Seen;
  /** Whether the user has signed in from there, if the module judged the password. */
  standing?: Standing;
  /** Says whether the client has gone. */
  signal?: Connection;
  /** What it has proven (RFC 8176), if that is not a password. */
  amr?: string[];
  /** The pending login that it goes on with, if its password was judged before. */
  pending?: PendingProof;
}

/** An attempt, and the user's row. */
export type SeenAttempt = LoginAttempt & { seen: Seen; standing: Standing };

/** Returns what the first half of a login has proven (RFC 8176). */
export function provenFirst({ pending, amr }: LoginAttempt): string[] {
  return pending?.amr ?? amr ?? ['pwd'];
}

/** The first half of a login: who it is, and from which network. */
@Injectable()
export class FirstHalf {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly users: UserDirectory,
    private readonly passwords: PasswordAttempts,
    private readonly networks: KnownNetworks,
    private readonly store: MultiFactorAuthStore,
    private readonly clock: Clock,
  ) {}

  /** Checks a name and a password. @throws {MfaError} */
  async authenticate(credentials: Credentials): Promise<LoginAttempt> {
    const { username, password } = readCredentials(credentials);
    const { address, signal } = credentials;
    const network = networkOf(address);
    const found = await this.users.findByUsername(username);
    const passwords = await this.passwords.begin({ username, user: found, network });
    const { user, before } = await this.judged({ username, password }, found).catch(async (error: unknown) => {
      await this.passwords.cancel(passwords);
      throw error;
    });
    await this.passwords.end(passwords, user !== null);
    if (!user) throw new MfaError('invalid_credentials');
    const seen = before?.userId === idOf(user) ? before : await this.see(user);
    const current = await unchanged(this.users, user, password);
    if (!current) throw new MfaError('invalid_credentials');
    const { startedAt, standing } = passwords;
    return { user, network, startedAt, seen: { ...seen, passwordHash: current.passwordHash }, standing, signal };
  }

  /** Returns the attempt with the user's row. @throws {MfaError} if the user may no longer sign in */
  async seen(attempt: LoginAttempt): Promise<SeenAttempt> {
    const { user, seen } = attempt;
    const standing = await this.standingOf(attempt);
    if (seen?.userId === idOf(user)) return { ...attempt, seen, standing };
    const row = await this.see(user);
    const current = await unchanged(this.users, user);
    if (!current) throw new MfaError('invalid_credentials');
    return { ...attempt, seen: { ...row, passwordHash: current.passwordHash }, standing };
  }

  /** Returns the attempt that continues a pending login. @throws {MfaError} `invalid_mfa_token` if its user may no longer sign in */
  async resumed(pending: PendingProof, { address, signal }: Caller): Promise<SeenAttempt> {
    const startedAt = this.clock.now();
    const network = networkOf(address);
    const { user, row, standing } = await this.known(pending.userId, network, pending.standing);
    if (!user || !isActive(user)) throw invalidToken();
    const seen = { userId: idOf(user), row, passwordHash: user.passwordHash };
    return { user, network, startedAt, seen, standing, signal, pending };
  }

  /** Returns the attempt of a user whom a factor has named, or undefined if the user may not sign in. */
  async alone(userId: string, { address, signal }: Caller): Promise<SeenAttempt | undefined> {
    const [startedAt, network] = [this.clock.now(), networkOf(address)];
    const { user, row, standing } = await this.known(userId, network);
    if (!user || !isActive(user) || idOf(user) !== userId) return undefined;
    return { user, network, startedAt, seen: { userId, row }, standing, signal };
  }

  /** The attempt of a user whom the application has identified. */
  identified(user: DirectoryUser, address: string | undefined): LoginAttempt {
    return { user, network: networkOf(address), startedAt: this.clock.now() };
  }

  private async known(
    userId: string,
    network: string,
    noted?: NotedStanding,
  ): Promise<{ user: DirectoryUser | null; row: SeenRow; standing: Standing }> {
    const found = [
      this.users.findById(userId),
      this.store.find(userId),
      this.networks.recall(userId, network, noted),
    ] as const;
    const [user, row, standing] = await Promise.all(found);
    return { user, row, standing };
  }

  // The user who has passed: a directory may find one and let in another.
  private async standingOf({ user, network, standing }: LoginAttempt): Promise<Standing> {
    return standing?.userId === idOf(user) ? standing : this.networks.find(idOf(user), network);
  }

  /** Notes that the user has signed in from there. */
  async remember(standing: Standing): Promise<void> {
    try {
      await this.networks.remember(standing);
    } catch (error) {
      // The factor is proven and its code is spent, so the login must not fail for this.
      this.logger.error(`Could not remember a network: ${errorName(error)}`);
    }
  }

  // While a password is judged, its owner may change it. The hash shows that afterwards. Where there may be none, the row is read before,
  // for unknown names too: a change that comes later raises the epoch, which ends the session of this login.
  private async judged(
    { username, password }: Pick<Credentials, 'username' | 'password'>,
    found: DirectoryUser | null,
  ): Promise<{ user: DirectoryUser | null; before?: Seen }> {
    const before = judgesItself(this.users) ? await this.see(found) : undefined;
    return { user: await this.users.authenticate(username, password, found), before };
  }

  private async see(user: DirectoryUser | null): Promise<Seen> {
    const userId = user ? idOf(user) : this.store.nobody;
    return { userId, row: await this.store.find(userId) };
  }
}
