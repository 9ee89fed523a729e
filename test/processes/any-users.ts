import { Injectable, Module } from '@nestjs/common';
import { type TestUser, TestUsers } from '../support/test-users.js';

/**
 * Every name is a user with the password `<name>-password`, so that processes know the same users without a table of them.
 * The password is compared as it is: what a test measures is the module, not a hash.
 */
@Injectable()
export class AnyUsers extends TestUsers {
  override named(username: string): TestUser {
    return { id: username, username, passwordHash: `${username}-password`, active: true };
  }

  override findByUsername(username: string): Promise<TestUser | null> {
    return Promise.resolve(this.named(username));
  }

  override findById(id: string): Promise<TestUser | null> {
    return Promise.resolve(this.named(id));
  }

  override hashPassword(password: string): Promise<string> {
    return Promise.resolve(password);
  }

  override verifyPassword(passwordHash: string, password: string): Promise<boolean> {
    return Promise.resolve(passwordHash === password);
  }
}

@Module({ providers: [AnyUsers, { provide: TestUsers, useExisting: AnyUsers }], exports: [AnyUsers] })
export class AnyUsersModule {}
