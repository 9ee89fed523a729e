import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FailedChallengeError, KeyProvider, type SmsMessage, SmsSender, type UserDirectory } from '../../src/index.js';
import {
  describeKeyProviderContract,
  describeSmsSenderContract,
  describeUserDirectoryContract,
} from '../../src/testing.js';
import { brokenRules } from '../support/broken-rules.js';
import { TestUsers } from '../support/test-users.js';

class AcmeSmsSender extends SmsSender {
  constructor(
    private readonly origin: string,
    private readonly patient = true,
  ) {
    super();
  }

  async send({ phoneNumber, text, signal }: SmsMessage): Promise<void> {
    const body = JSON.stringify({ to: `+${phoneNumber}`, text });
    const { ok, status } = await fetch(this.origin, { method: 'POST', body, ...(this.patient && { signal }) });
    if (!ok) throw new FailedChallengeError(`The gateway answered ${status}.`);
  }
}

class LocalKeys extends KeyProvider {
  readonly keyId = 'local-1';
  private readonly key = randomBytes(32);

  wrap(dataKey: Buffer): Promise<Buffer> {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    const sealed = Buffer.concat([cipher.update(dataKey), cipher.final()]);
    return Promise.resolve(Buffer.concat([iv, cipher.getAuthTag(), sealed]));
  }

  async unwrap(wrapped: Buffer): Promise<Buffer | null> {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, wrapped.subarray(0, 12));
      decipher.setAuthTag(wrapped.subarray(12, 28));
      return Buffer.concat([decipher.update(wrapped.subarray(28)), decipher.final()]);
    } catch {
      return null;
    }
  }
}

/** `TestUsers` hashes without a salt, to be fast. */
class SaltedUsers extends TestUsers {
  constructor() {
    super();
    for (const user of this.all) user.passwordHash = salted(`${user.username}-password`);
  }

  override hashPassword(password: string): Promise<string> {
    return Promise.resolve(salted(password));
  }

  override verifyPassword(hash: string, password: string): Promise<boolean> {
    return Promise.resolve(salted(password, hash.split(':')[0]) === hash);
  }
}

function salted(password: string, salt = randomBytes(8).toString('hex')): string {
  return `${salt}:${createHmac('sha256', salt).update(password).digest('hex')}`;
}

const bob = { username: 'bob', password: 'bob-password' };

describeSmsSenderContract('AcmeSmsSender', { describe, it, sender: (origin) => new AcmeSmsSender(origin) });
describeKeyProviderContract('LocalKeys', { describe, it, provider: () => new LocalKeys() });
describeUserDirectoryContract('SaltedUsers', { describe, it, directory: () => new SaltedUsers(), ...bob });

describe('the contract of a sender', () => {
  const brokenBy = (send: SmsSender['send']) =>
    brokenRules((runner) => describeSmsSenderContract('broken', { ...runner, sender: () => ({ send }) }));

  it('notices one that sends nothing, or fails with any error', async () => {
    expect(await brokenBy(() => Promise.resolve())).toContain('sends the number');
    expect(await brokenBy(() => Promise.reject(new Error('no')))).toContain('FailedChallengeError');
  });
});

describe('the contract of a key provider', () => {
  it('notices one that wraps nothing, and one that returns what it has not wrapped', async () => {
    const brokenBy = (provider: Partial<KeyProvider>) =>
      brokenRules((runner) =>
        describeKeyProviderContract('broken', { ...runner, provider: () => Object.assign(new LocalKeys(), provider) }),
      );
    expect(await brokenBy({ wrap: (key) => Promise.resolve(key), unwrap: (key) => Promise.resolve(key) })).toMatch(
      /shows none of it.*has not wrapped/,
    );
    expect(await brokenBy({ keyId: 'a key' })).toContain('names its key');
  });
});

describe('the contract of a user directory', () => {
  const brokenBy = (wrong: Partial<UserDirectory>) =>
    brokenRules((runner) => {
      const directory = () => Object.assign(new SaltedUsers(), wrong);
      describeUserDirectoryContract('broken', { ...runner, directory, ...bob });
    });

  it('takes one that keeps it', async () => {
    expect(await brokenBy({})).toBe('');
  });

  it.each<[string, string, Partial<UserDirectory>]>([
    ['finds another user by an id', 'by name and by id', { findById: () => new SaltedUsers().findById('1') }],
    ['finds names by a pattern', 'finds nobody', { findByUsername: () => new SaltedUsers().findById('2') }],
    ['hashes without a salt', 'with a salt', { hashPassword: (password) => Promise.resolve(salted(password, '')) }],
    ['takes any password', 'takes the password', { verifyPassword: () => Promise.resolve(true) }],
    ['keeps passwords in clear', 'with a salt', { hashPassword: (password) => Promise.resolve(password) }],
    [
      'finds more spellings than it counts as one',
      'counts each spelling',
      {
        findByUsername: (name) => new SaltedUsers().findByUsername(name.toLowerCase()),
        canonicalName: (name) => name,
      },
    ],
  ])('notices one that %s', async (_, rule, wrong) => {
    expect(await brokenBy(wrong)).toContain(rule);
  });
});
