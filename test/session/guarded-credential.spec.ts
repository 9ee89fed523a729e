import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Req,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { CurrentUser, OwnCredential, type OwnSignIn, SessionGuard } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import type { TestUser } from '../support/test-users.js';

interface GuardedRequest {
  headers: { 'x-user'?: string };
  user: OwnSignIn & { from: string };
}

/** A guard that the application has, as passport's: it sets `user`, or throws its own refusal. */
class OwnGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const userId = request.headers['x-user'];
    if (userId === undefined) throw new UnauthorizedException('Please log in at Acme.');
    request.user = { userId, claims: {}, from: 'the guard' };
    return true;
  }
}

class GuardedCredential extends OwnCredential {
  private readonly guard = new OwnGuard();

  read(request: GuardedRequest, context: ExecutionContext) {
    return this.guard.canActivate(context) ? request.user : null;
  }

  issue() {}
}

@Controller('own')
class OwnController {
  @Get()
  @UseGuards(SessionGuard)
  own(@Req() request: GuardedRequest, @CurrentUser() { username }: TestUser) {
    return { username, from: request.user.from, session: 'mfaSession' in request };
  }
}

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(PLATFORMS)("a guard of the application as its credential's judge over %s", (platform) => {
  const boot = async () => {
    booted = await bootApp({ platform, controllers: [OwnController], mfa: { signedIn: GuardedCredential } });
  };

  it('lets its users through, and what it has set as `request.user` stays', async () => {
    await boot();
    const { body } = await booted.client.get('/own', { headers: { 'x-user': '1' } });
    expect(body).toEqual({ username: 'alice', from: 'the guard', session: false });
    expect((await booted.client.get('/mfa/', { headers: { 'x-user': '1' } })).body).toMatchObject({ enabled: false });
  });

  it('refuses others in its own words', async () => {
    await boot();
    const { status, body } = await booted.client.get('/own');
    expect([status, body['message']]).toEqual([401, 'Please log in at Acme.']);
    expect((await booted.client.get('/mfa/')).status).toBe(401);
  });
});
