import { Injectable } from '@nestjs/common';
import { OAuthClients } from 'nestjs-mfa';
import { UsersService } from './users/users.service.js';

const USERNAME = 'demo';
const PASSWORD = 'correct-horse-battery-staple';

/** A user and an OAuth2 client to try. Do not copy this file: everybody knows the password. */
@Injectable()
export class Demo {
  constructor(
    private readonly users: UsersService,
    private readonly clients: OAuthClients,
  ) {}

  /** Returns what the walk-through needs to sign in. */
  async prepare(): Promise<Record<string, string>> {
    if (!(await this.users.findByUsername(USERNAME))) await this.users.create(USERNAME, PASSWORD);
    // A client's secret is shown only once. So each start makes another client, and earlier ones stay valid.
    const { clientId, clientSecret = '' } = await this.clients.create({
      name: 'demo',
      grants: ['password', 'refresh_token'],
      scopes: ['read', 'write'],
    });
    return { DEMO_USER: USERNAME, DEMO_PASSWORD: PASSWORD, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret };
  }
}
