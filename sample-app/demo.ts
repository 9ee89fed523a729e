import { Injectable } from '@nestjs/common';
import { OAuthClients } from 'nestjs-mfa';
import { UsersService } from './users/users.service.js';

const USERNAME = 'demo';
const PASSWORD = 'correct-horse-battery-staple';

/** A user and an OAuth2 client to play with. Leave this file out of what you copy: its password is known to everybody. */
@Injectable()
export class Demo {
  constructor(
    private readonly users: UsersService,
    private readonly clients: OAuthClients,
  ) {}

  /** What a person needs to sign in, under the names that the walk-through has for it. */
  async prepare(): Promise<Record<string, string>> {
    if (!(await this.users.findByUsername(USERNAME))) await this.users.create(USERNAME, PASSWORD);
    // A client's secret is told when it is made and never again. So each start makes one more; earlier ones stay valid.
    const { clientId, clientSecret = '' } = await this.clients.create({
      name: 'demo',
      grants: ['password', 'refresh_token'],
      scopes: ['read', 'write'],
    });
    return { DEMO_USER: USERNAME, DEMO_PASSWORD: PASSWORD, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret };
  }
}
