import { Injectable } from '@nestjs/common';
import { MfaOAuthClient, OAuthClients } from 'nestjs-mfa';
import { DataSource } from 'typeorm';
import { UsersService } from './users/users.service.js';

const USERNAME = 'demo';
const PASSWORD = 'correct-horse-battery-staple';
const CLIENT = 'demo client';

/** A user and an OAuth2 client to play with. Leave this file out of what you copy: its password is known to everybody. */
@Injectable()
export class Demo {
  constructor(
    private readonly users: UsersService,
    private readonly clients: OAuthClients,
    private readonly source: DataSource,
  ) {}

  /** What a person needs to sign in, as lines that a shell can read. */
  async prepare(): Promise<string> {
    if (!(await this.users.findByUsername(USERNAME))) await this.users.create(USERNAME, PASSWORD);
    const { clientId, clientSecret } = await this.newClient();
    const lines = { DEMO_USER: USERNAME, DEMO_PASSWORD: PASSWORD, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret };
    return Object.entries(lines)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n');
  }

  // A secret is shown when its client is made and never again: so each start makes a client in place of the last one's.
  private async newClient(): Promise<{ clientId: string; clientSecret?: string }> {
    const before = await this.source.getRepository(MfaOAuthClient).findBy({ name: CLIENT });
    for (const { id } of before) await this.clients.remove(id);
    return this.clients.create({ name: CLIENT, grants: ['password', 'refresh_token'], scopes: ['read', 'write'] });
  }
}
