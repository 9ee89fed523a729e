import assert from 'node:assert/strict';
import type { DirectoryUser, UserDirectory } from '../users/user-directory.js';
import { type ContractRunner, runnerOf } from './contract-runner.js';

/** Your user directory, with one active user in it. */
export interface UserDirectoryContract extends ContractRunner {
  /** Returns the directory, e.g. `() => app.get(UsersService)`. */
  directory: () => UserDirectory | Promise<UserDirectory>;
  /** The name of an active user who has a password. */
  username: string;
  password: string;
}

/** Names that nobody has. */
const NOBODY = ['', ' ', '%', '_', '*', 'null', '__proto__', "' OR 1=1 --", 'x'.repeat(10_000)];

/**
 * Tests that your `UserDirectory` finds exactly the requested user, salts its hashes, and counts the spellings of a
 * name as one. Works in vitest and Jest.
 * @example
 * ```ts
 * describeUserDirectoryContract('UsersService', { directory: () => app.get(UsersService), username, password });
 * ```
 */
export function describeUserDirectoryContract(name: string, contract: UserDirectoryContract): void {
  const { describe, it } = runnerOf('describeUserDirectoryContract', contract);
  describe(`the contract of a user directory: ${name}`, () => {
    for (const [rule, test] of Object.entries(RULES))
      it(rule, async () => {
        const directory = await contract.directory();
        const user = await directory.findByUsername(contract.username);
        assert.ok(user, `There is no user ${contract.username}.`);
        await test({ ...contract, directory, user });
      });
  });
}

interface Stage {
  directory: UserDirectory;
  user: DirectoryUser;
  username: string;
  password: string;
}

const RULES: Record<string, (stage: Stage) => Promise<void>> = {
  'finds one user by name and by id, with the fields that the module reads': async ({ directory, user }) => {
    assert.equal(user.active, true, '`active` must be true.');
    assert.ok(user.passwordHash, '`passwordHash` must be a text.');
    const found = await directory.findById(String(user.id));
    assert.equal(String(found?.id), String(user.id), '`findById` finds another user by the id as text.');
  },

  'finds nobody by a name that nobody has, and does not fail': async ({ directory, username }) => {
    for (const name of [...NOBODY, `${username}%`, `${username}x`])
      assert.equal(await directory.findByUsername(name), null, `It finds a user by ${JSON.stringify(name)}.`);
  },

  'takes the password of the user, and no other': async ({ directory, user, username, password }) => {
    assert.equal(String((await directory.authenticate(username, password))?.id), String(user.id));
    for (const wrong of [
      '',
      ` ${password}`,
      `${password} `,
      `${password}\0`,
      password.toUpperCase() + password.toLowerCase(),
    ])
      assert.equal(await directory.authenticate(username, wrong), null, `It takes ${JSON.stringify(wrong)}.`);
    assert.equal(await directory.authenticate('nobody', password), null);
  },

  'hashes a password with a salt': async ({ directory, password }) => {
    const [one, two] = [await directory.hashPassword(password), await directory.hashPassword(password)];
    assert.ok(!one.includes(password), 'The hash has the password in it.');
    assert.notEqual(one, two, 'Two hashes of one password are the same.');
    for (const hash of [one, two]) assert.equal(await directory.verifyPassword(hash, password), true);
  },

  'counts each spelling under which it finds a user as one name': async ({ directory, user, username }) => {
    const canonical = directory.canonicalName(username);
    assert.equal(directory.canonicalName(canonical), canonical, '`canonicalName` changes its own result.');
    for (const spelling of spellingsOf(username)) {
      const found = await directory.findByUsername(spelling);
      if (String(found?.id) !== String(user.id)) continue;
      assert.equal(
        directory.canonicalName(spelling),
        canonical,
        `${JSON.stringify(spelling)} gets passwords of its own.`,
      );
    }
  },
};

function spellingsOf(name: string): string[] {
  const wide = name.replace(/[!-~]/g, (letter) => String.fromCodePoint(letter.codePointAt(0)! + 0xfee0));
  const accented = name.normalize('NFD').replace(/[a-z]/i, '$&\u0301');
  const edged = [` ${name}`, `${name} `, `${name}\u00ad`, `${name}\u200b`];
  return [name.toUpperCase(), name.toLowerCase(), name.normalize('NFD'), wide, accented, ...edged];
}
