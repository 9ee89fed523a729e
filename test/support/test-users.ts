import { Injectable, Module } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { type DirectoryUser, UserDirectory } from '../../src/index.js';

export interface TestUser extends DirectoryUser {
  username: string;
  active: boolean;
  name?: string;
}

/** Users in memory; passwords are `<name>-password`. The hash is cheap on purpose, and counts how often it is asked. */
@Injectable()
export class TestUsers extends UserDirectory<TestUser> {
  readonly all: TestUser[] = [];
  verifications: unknown[] = [];

  constructor() {
    super();
    ['alice', 'bob', 'carol', 'dave'].forEach((username) => this.add(username));
    this.named('carol').active = false;
  }

  add(username: string): TestUser {
    const user = { id: this.all.length + 1, username, passwordHash: digest(`${username}-password`), active: true };
    this.all.push(user);
    return user;
  }

  named(username: string): TestUser {
    const user = this.all.find((one) => one.username === username);
    if (!user) throw new Error(`there is no ${username}`);
    return user;
  }

  findByUsername(username: string): Promise<TestUser | null> {
    return Promise.resolve(copyOf(this.all.find((user) => user.username === username)));
  }

  findById(id: string): Promise<TestUser | null> {
    return Promise.resolve(copyOf(this.all.find((user) => String(user.id) === id)));
  }

  hashPassword(password: string): Promise<string> {
    return Promise.resolve(digest(password));
  }

  verifyPassword(passwordHash: string, password: string): Promise<boolean> {
    this.verifications.push(password);
    return Promise.resolve(passwordHash === digest(password));
  }
}

// As from a database: what is changed later is not changed in what was read before.
function copyOf(user: TestUser | undefined): TestUser | null {
  return user ? { ...user } : null;
}

function digest(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

@Module({ providers: [TestUsers], exports: [TestUsers] })
export class TestUsersModule {}
