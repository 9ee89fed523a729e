import type { Type } from '@nestjs/common';
import { Misconfiguration } from '../core/misconfiguration.js';
import { Hints } from '../core/development.js';
import { checkClass } from '../core/option-kinds.js';
import { canonicalName } from './canonical-name.js';
import { randomToken } from '../crypto/randomness.js';
import { warnOnce } from './warn-once.js';

/** What the module needs to know about a user. Your own entity can implement it. */
export interface DirectoryUser {
  id: string | number;
  /**
   * The stored password hash, in the format that `verifyPassword` reads. `null` for a user who cannot sign in with a password, e.g. one
   * who uses single sign-on.
   */
  passwordHash: string | null;
  /** Anything but `true` refuses the user's logins and tokens. */
  active: boolean;
  /** What an authenticator app or a passkey shows for this account, e.g. the e-mail address. Default: the id. */
  name?: string;
  /** The language for messages, e.g. `de`: `words.mfa_code_text_message` gets it. */
  language?: string;
}

/** A user, as a challenge sees it. */
export interface NamedUser {
  id: string;
  /** What an authenticator app or a passkey shows for this account. */
  name: string;
  /** The user's language, if the directory gives one. */
  language?: string;
}

/**
 * Connects the module to your users. Extend it in a provider of your application and pass that class as `users`. Decide here whether
 * case and spaces in names matter, and store names in the same form.
 * @example
 * ```ts
 * export class Accounts extends UserDirectory<User> {
 *   findByUsername = (username: string) => dataSource.manager.findOneBy(User, { username: username.toLowerCase() });
 *   findById = (id: string) => dataSource.manager.findOneBy(User, { id: Number(id) });
 *   hashPassword = (password: string) => hash(password); // argon2id or scrypt
 *   verifyPassword = (passwordHash: string, password: string) => verify(passwordHash, password);
 * }
 * ```
 */
export abstract class UserDirectory<User extends DirectoryUser = DirectoryUser> {
  /** Returns the user with exactly this name, or null. */
  abstract findByUsername(username: string): Promise<User | null>;

  /** Returns the user with this id (always text), or null. */
  abstract findById(id: string): Promise<User | null>;

  /**
   * Returns the form of a name that counts wrong passwords. All spellings that find one user must have the same form. By default
   * it ignores case, accents, width, spaces, invisible characters and the script of digits. Override it if `findByUsername`
   * accepts more spellings. If users sign in with a name or an e-mail address, each of the two has its own guesses.
   */
  canonicalName(username: string): string {
    return canonicalName(username);
  }

  /** Returns a slow, salted hash of a password: argon2id or scrypt. */
  abstract hashPassword(password: string): Promise<string>;

  /** Says whether a password matches a hash. */
  abstract verifyPassword(passwordHash: string, password: string): Promise<boolean>;

  private readonly hints = new Hints();
  private decoyHash?: Promise<string>;

  /**
   * Returns the active user with this name and password, or null. It always verifies one hash, so that an unknown name, a wrong
   * password and an inactive user take the same time. Override it only if another system checks passwords (LDAP), and take the same
   * time in each case there too.
   * @param found the result of `findByUsername` for this name, if the caller has it
   */
  async authenticate(username: string, password: string, found?: User | null): Promise<User | null> {
    const user = found === undefined ? await this.findByUsername(username) : found;
    if (user?.passwordHash === undefined && user)
      warnOnce('The `passwordHash` of a user is undefined', 'a text or null');
    // A user without a password hash, e.g. of a single sign-on, is refused like a wrong password.
    const own = user?.passwordHash || undefined;
    if (user?.passwordHash === null)
      this.hints.tell('A user without a `passwordHash` has tried a password, and was refused.');
    const matches = await this.verifyPassword(own ?? (await this.decoy()), password);
    return user && own && matches && isActive(user) ? user : null;
  }

  /** Makes the hash that unknown names are checked against. Called at start, so no request waits for it. */
  async prepare(): Promise<void> {
    await this.decoy();
  }

  // No password matches this hash. Without it, an unknown name would get a faster answer than a known one.
  private decoy(): Promise<string> {
    this.decoyHash ??= this.hashPassword(randomToken()).catch((error: unknown) => {
      this.decoyHash = undefined;
      throw error;
    });
    return this.decoyHash;
  }
}

/** Says whether this user may sign in. Only `true` counts: raw queries return 0 or "f" for false. */
export function isActive({ active }: DirectoryUser): boolean {
  if (typeof active === 'boolean') return active;
  warnOnce(`The \`active\` of a user is ${JSON.stringify(active)}`, 'true or false');
  return false;
}

/** Returns a user's id as text, as the module keeps it. */
export function idOf(user: DirectoryUser): string {
  return String(user.id);
}

/** Returns a user as a challenge sees it. */
export function namedUser(user: DirectoryUser): NamedUser {
  const id = idOf(user);
  const { name = id, language } = user;
  return { id, name, ...(language !== undefined && { language }) };
}

/** Refuses a class that cannot be `users`. @throws {Misconfiguration} */
export function checkUsers(users: Type<UserDirectory> | undefined): void {
  if (!users) {
    throw new Misconfiguration('`users` is missing, e.g. users: UsersService, a class that extends UserDirectory.');
  }
  if (typeof users !== 'function') checkClass('users', users, UserDirectory);
  if (users.prototype instanceof UserDirectory) return;
  throw new Misconfiguration(
    `\`users\`: ${users.name} does not extend UserDirectory, e.g. class ${users.name} extends UserDirectory<User> { … }.`,
  );
}
