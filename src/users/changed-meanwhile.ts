import { type DirectoryUser, idOf, isActive, UserDirectory } from './user-directory.js';
import { warnOnce } from './warn-once.js';

/**
 * Returns a user who has passed as the directory has them now, or null if they may sign in no longer: are not active, or have changed the
 * password meanwhile. A changed hash alone is no change of the password: an application may replace a hash that is out of date while it
 * judges the password.
 * @param password what the user has given, if the module judged it
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
  // After a password change this is right. But a directory that always gives users so refuses every login.
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
 * Says whether the directory judges passwords in its own way. Then no hash may show that a password has changed, and the user's epoch must be
 * known from before.
 */
export function judgesItself(users: UserDirectory): boolean {
  return users.authenticate !== UserDirectory.prototype.authenticate;
}
