import { afterEach, describe, expect, it } from 'vitest';
import { Login, MultiFactorAuthService, OpenSession } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { kindsOf } from '../support/logs.js';
import type { TestUser, TestUsers } from '../support/test-users.js';

let booted: BootedApp;
afterEach(() => booted.close());

/** Another format of hashes, to which the application brings each user who signs in. */
const NEW = 'v2:';

/** Judges both formats. */
function withFormats({ users }: BootedApp): void {
  const verify = users.verifyPassword.bind(users);
  users.verifyPassword = (hash, password) => verify(hash.replace(NEW, ''), password);
}

function upgrade(users: TestUsers, username: string): void {
  const user = users.named(username);
  user.passwordHash = `${NEW}${user.passwordHash!.replace(NEW, '')}`;
}

/** Directories that upgrade a hash while they judge the password. */
const UPGRADES: Record<string, (booted: BootedApp) => void> = {
  'verifyPassword upgrades it': ({ users }) => {
    const verify = users.verifyPassword.bind(users);
    users.verifyPassword = async (hash, password) => {
      const isRight = await verify(hash, password);
      if (isRight) upgrade(users, password.replace('-password', ''));
      return isRight;
    };
  },
  'authenticate upgrades it and returns the user of before': ({ users }) => {
    const authenticate = users.authenticate.bind(users);
    users.authenticate = async (...given) => {
      const user = await authenticate(...given);
      if (user) upgrade(users, user.username);
      return user;
    };
  },
  'authenticate returns a user without it': ({ users }) => {
    const authenticate = users.authenticate.bind(users);
    users.authenticate = async (...given) => {
      const user = await authenticate(...given);
      return user && ({ ...user, passwordHash: undefined } as unknown as TestUser);
    };
  },
};

describe.each(LOGIN_NAMES)('a hash that changes during a login over %s', (name) => {
  describe.each(PLATFORMS)('on %s', (platform) => {
    it.each(Object.keys(UPGRADES))('[F-01] refuses no right password, where %s', async (directory) => {
      booted = await bootApp({ platform });
      withFormats(booted);
      UPGRADES[directory]!(booted);
      await enrolledByRow(booted, 'bob');
      const login = await loginRoute(booted, name);
      expect(login.token(await login.send('alice'))).toBeTypeOf('string');
      expect(login.token(await login.send('alice'))).toBeTypeOf('string');
      const mfa_code = await rightCode(booted, 'bob');
      expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
      await denied(booted, () => login.send('alice', { password: 'bob-password' }));
    });
  });

  it('[F-01] verifies no other hash where it stays', async () => {
    booted = await bootApp();
    const login = await loginRoute(booted, name);
    await login.send('alice');
    expect(booted.users.verifications).toEqual(['alice-password']);
  });
});

describe('a directory that cannot work', () => {
  it('[F-01] says once that its `findById` gives no hash, and signs nobody in', async () => {
    booted = await bootApp();
    const { users } = booted;
    const findById = users.findById.bind(users);
    users.findById = async (id) => ({ ...(await findById(id)), passwordHash: undefined }) as unknown as TestUser;
    for (let tries = 0; tries < 2; tries++) await denied(booted, () => booted.client.login('alice'));
    const told = booted.log.filter((line) => line.includes('from `findById` is undefined'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('See DirectoryUser');
  });

  it('[F-01] says once that a user whom the application has identified has an old hash, and never which', async () => {
    booted = await bootApp();
    const user = await booted.users.findByUsername('alice');
    upgrade(booted.users, 'alice');
    const login = booted.app.get(Login);
    const refused = login.decide(login.identified(user!, undefined));
    await expect(refused).rejects.toMatchObject({ code: 'invalid_credentials' });
    const told = booted.log.filter((line) => line.includes('of an identified user is an old one'));
    expect(told).toHaveLength(1);
    expect(booted.log.join('\n')).not.toContain(user!.passwordHash);
  });
});

/** Passwords that another system keeps and judges. */
function withLdap({ users }: BootedApp): { passwords: Map<string, string>; holdBind: () => Bind } {
  const passwords = new Map(users.all.map(({ username }) => [username, `${username}-password`]));
  const without = (user: TestUser | null) => user && ({ ...user, passwordHash: null } as TestUser);
  const [byName, byId] = [users.findByUsername.bind(users), users.findById.bind(users)];
  let held: Promise<void> | undefined;
  let bound: () => void = () => undefined;
  users.findByUsername = async (username) => without(await byName(username));
  users.findById = async (id) => without(await byId(id));
  users.authenticate = async (username, password) => {
    const isRight = passwords.get(username) === password;
    bound();
    await held;
    return isRight ? users.findByUsername(username) : null;
  };
  const holdBind = () => {
    let letGo: () => void = () => undefined;
    held = new Promise((resolve) => (letGo = resolve));
    return { bound: new Promise<void>((resolve) => (bound = resolve)), letGo };
  };
  return { passwords, holdBind };
}

interface Bind {
  bound: Promise<void>;
  letGo: () => void;
}

describe.each(LOGIN_NAMES)('a password that LDAP judges, over %s', (name) => {
  it.each([{ factor: false }, { factor: true }])(
    '[S-20] signs nobody in that was changed meanwhile, with the factor: $factor',
    async ({ factor }) => {
      booted = await bootApp();
      const { passwords, holdBind } = withLdap(booted);
      const username = factor ? 'bob' : 'alice';
      await enrolledByRow(booted, 'bob');
      const login = await loginRoute(booted, name);
      const more: Record<string, string> = factor ? { mfa_code: await rightCode(booted, 'bob') } : {};
      const bind = holdBind();
      const late = login.send(username, more);
      await bind.bound;
      passwords.set(username, 'another-password');
      const mfa = booted.app.get(MultiFactorAuthService);
      await mfa.passwordChanged(String(booted.users.named(username).id));
      bind.letGo();
      const token = login.token(await late);
      expect(factor ? token : 'none').toBe(factor ? undefined : 'none');
      // Without a factor there is an answer, and nothing behind it.
      const use = () => booted.client.get('/mfa/', { token: token ?? 'none' });
      expect((await denied(booted, use)).status).toBe(401);
    },
  );

  it('[F-01] signs in with one statement as before, and reads as much for an unknown name', async () => {
    booted = await bootApp();
    withLdap(booted);
    await enrolledByRow(booted, 'bob');
    const login = await loginRoute(booted, name);
    await login.send('bob', { mfa_code: await rightCode(booted, 'bob') });
    booted.clock.advance(60);
    const mfa_code = await rightCode(booted, 'bob');
    const statements = async (send: () => Promise<unknown>) => {
      const before = booted.statements.length;
      await send();
      return kindsOf(booted.statements.slice(before)).filter((kind) => !kind.endsWith('mfa_oauth_client'));
    };
    const right = await statements(() => login.send('bob', { mfa_code }));
    expect(right).toHaveLength(5);
    const wrong = (username: string) => statements(() => login.send('bob', { username, password: 'wrong' }));
    await wrong('anybody');
    const strangers = [await wrong('nobody'), await wrong('carol')];
    expect(strangers[0]).toEqual(strangers[1]);
  });
});

describe('a user whom the application has identified', () => {
  it('[F-01] signs in with the hash of now, in whatever format', async () => {
    booted = await bootApp();
    upgrade(booted.users, 'alice');
    const user = await booted.users.findByUsername('alice');
    const outcome = await booted.app.get(OpenSession).signIn(booted.app.get(Login).identified(user!, undefined));
    expect(outcome.kind).toBe('granted');
  });
});
