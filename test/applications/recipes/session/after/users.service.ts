import { Injectable } from '@nestjs/common';
import { UserDirectory } from '../../../../../src/index.js';
import { hashOf, matches } from '../../users.js';

export interface User {
  id: number;
  username: string;
  passwordHash: string;
  active: boolean;
}

@Injectable()
export class UsersService extends UserDirectory<User> {
  readonly all: User[] = [
    { id: 1, username: 'ada', passwordHash: hashOf('lovelace'), active: true },
    { id: 2, username: 'grace', passwordHash: hashOf('hopper'), active: true },
  ];

  async findByUsername(username: string): Promise<User | null> {
    return this.all.find((user) => user.username === username) ?? null;
  }

  async findById(id: string): Promise<User | null> {
    return this.all.find((user) => String(user.id) === id) ?? null;
  }

  async hashPassword(password: string): Promise<string> {
    return hashOf(password);
  }

  async verifyPassword(passwordHash: string, password: string): Promise<boolean> {
    return matches(passwordHash, password);
  }
}
