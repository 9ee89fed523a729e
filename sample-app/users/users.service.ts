import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { hash, verify } from '@node-rs/argon2';
import { UserDirectory } from 'nestjs-mfa';
import { randomUUID } from 'node:crypto';
import type { Repository } from 'typeorm';
import { User } from './user.entity.js';

/** The application's users, for the module. */
@Injectable()
export class UsersService extends UserDirectory<User> {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {
    super();
  }

  async findByUsername(username: string): Promise<User | null> {
    const name = spelt(username);
    const user = await this.users.findOneBy({ username: name });
    // Some databases also find `bob` for other spellings, and each spelling would have its own guesses.
    return user?.username === name ? user : null;
  }

  findById(id: string): Promise<User | null> {
    return this.users.findOneBy({ id });
  }

  // Argon2id with the defaults of the package: 19 MiB and two passes.
  hashPassword(password: string): Promise<string> {
    return hash(password.normalize('NFC'));
  }

  verifyPassword(passwordHash: string, password: string): Promise<boolean> {
    return verify(passwordHash, password.normalize('NFC'));
  }

  /** Returns false if another user has this name. */
  async create(username: string, password: string): Promise<boolean> {
    const passwordHash = await this.hashPassword(password);
    try {
      await this.users.insert({ id: randomUUID(), username: spelt(username), passwordHash });
      return true;
    } catch (error) {
      // The unique column decides, also between two requests at the same moment.
      if (await this.findByUsername(username)) return false;
      throw error;
    }
  }
}

/** One spelling of each name, so that nobody can register beside `josé` with another way to write the é. */
function spelt(username: string): string {
  return username.normalize('NFKC').toLowerCase();
}
