import { type DirectoryUser, idOf, isActive, UserDirectory } from './user-directory.js';
import { warnOnce } from './warn-once.js';

/**
 * Reads a user again after the password was judged. Returns null if the user is no longer active or has changed the password meanwhile.
 * A different hash may have the same password: an application may replace an outdated hash while it judges the password.
 * @param password what the user entered, if the module judged it
 */
export async function unchanged(
  users: UserDirectory,
  user: DirectoryUser,
  password?: string,
): Promise<DirectoryUser | null> {
  const now = await users.findById(idOf(user));
  if (!now || !isActive(now)) return null;
  const [before, after] = [user.passwordHash, now.passwordHash];
  if (before === after) return now;
  if (password !== undefined && after && (await users.verifyPassword(after, password))) return now;
  // Right after a password change. But if `findById` always returns this form of the hash, every login is refused.
  if (!after) warnOnce(`The \`passwordHash\` of a user from \`findById\` is ${after}`, 'that of `findByUsername`');
  else if (password === undefined)
    warnOnce(`The \`passwordHash\` of an identified user is ${nameOf(before)}`, 'that of `findById`');
  else if (!before) warnOnce(`The \`passwordHash\` of a user from \`authenticate\` is ${before}`, 'that of `findById`');
  return null;
}

// Never the hash itself.
function nameOf(hash: string | null | undefined): string {
  return typeof hash === 'string' ? 'an old one' : String(hash);
}

/**
 * Says whether the directory judges passwords itself. Then a hash need not show that a password has changed, so the user's epoch must be
 * read before the password is judged.
 */
export function judgesItself(users: UserDirectory): boolean {
  return users.authenticate !== UserDirectory.prototype.authenticate;
}
