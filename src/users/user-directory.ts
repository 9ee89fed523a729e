import type { Type } from '@nestjs/common';
import { Misconfiguration } from '../core/misconfiguration.js';
import { canonicalName } from './canonical-name.js';
import { randomToken } from '../crypto/randomness.js';

/** What the module needs to know of a user. Give it your own entity, if it has these fields. */
export interface DirectoryUser {
  id: string | number;
  /** The stored password hash, in whatever format `verifyPassword` reads. A user without one has no password to sign in with. */
  passwordHash?: string | null;
  /** `false` refuses logins and tokens of this user. Absent means active. */
  active?: boolean;
  /** What an authenticator app or a passkey shows for this account, e.g. the e-mail address. Default: the id. */
  name?: string;
}

/** A user as a challenge sees one. */
export interface NamedUser {
  id: string;
  /** What an authenticator app or a passkey shows for this account. */
  name: string;
}

/**
 * Your users, seen from the module. Extend it in a provider of your application and name that class as `users`.
 *
 * Names of users are yours: decide here whether case and spaces matter, and decide it the same way everywhere.
 */
export abstract class UserDirectory<User extends DirectoryUser = DirectoryUser> {
  /** The user with this name, or null. */
  abstract findByUsername(username: string): Promise<User | null>;

  /** The user with this id (always as text), or null. */
  abstract findById(id: string): Promise<User | null>;

  /**
   * The form of a name under which wrong passwords are counted. Names that mean the same user must have the same one: here
   * case, accents, width, spaces, signs that are not seen and the script of digits make no difference. Override it where
   * more do not, e.g. because your database's collation finds more alike. Where users have a name and an e-mail address, each
   * of the two has guesses of its own.
   */
  canonicalName(username: string): string {
    return canonicalName(username);
  }

  /** A slow, salted hash of a password: argon2id or scrypt. */
  abstract hashPassword(password: string): Promise<string>;

  /** Whether a password is the one of a hash. */
  abstract verifyPassword(passwordHash: string, password: string): Promise<boolean>;

  private decoyHash?: Promise<string>;

  /**
   * The active user with this name and password, or null. It verifies one hash in every case, so that unknown, wrong and
   * inactive take the same work. Override it only where passwords are checked elsewhere (LDAP), and keep that promise.
   */
  async authenticate(username: string, password: string): Promise<User | null> {
    const user = await this.findByUsername(username);
    // A user without a password, of a single sign-on, is one whom no password opens.
    const own = user?.passwordHash || undefined;
    const matches = await this.verifyPassword(own ?? (await this.decoy()), password);
    return user && own && matches && isActive(user) ? user : null;
  }

  /** Makes the hash that unknown names are checked against. Called at start, so that no request is slower for it. */
  async prepare(): Promise<void> {
    await this.decoy();
  }

  // A hash that no password opens. Without it, an unknown name would be answered faster than a known one.
  private decoy(): Promise<string> {
    this.decoyHash ??= this.hashPassword(randomToken()).catch((error: unknown) => {
      this.decoyHash = undefined;
      throw error;
    });
    return this.decoyHash;
  }
}

/** Whether this user may sign in. */
export function isActive(user: DirectoryUser): boolean {
  return user.active !== false;
}

/** A user's id as the module keeps it. */
export function idOf(user: DirectoryUser): string {
  return String(user.id);
}

/** A user as a challenge sees one. */
export function namedUser(user: DirectoryUser): NamedUser {
  const id = idOf(user);
  return { id, name: user.name ?? id };
}

/** Refuses a class that cannot be the application's `users`. @throws {Misconfiguration} */
export function checkUsers(users: Type<UserDirectory> | undefined): void {
  if (!users) {
    throw new Misconfiguration('`users` is missing, e.g. users: UsersService, a class that extends UserDirectory.');
  }
  if (users.prototype instanceof UserDirectory) return;
  throw new Misconfiguration(
    `\`users\`: ${users.name} does not extend UserDirectory, e.g. class ${users.name} extends UserDirectory<User> { … }.`,
  );
}
