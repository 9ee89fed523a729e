import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Strategy } from 'passport-local';
import { randomId } from '../../core/randomness.js';
import type { DirectoryUser } from '../../core/user-directory.js';
import { type AddressedRequest, ClientAddress } from '../../http/client-address.js';
import { Login } from '../login.js';

/** Checks name and password with passport-local against the application's directory. */
@Injectable()
export class PasswordStrategy extends PassportStrategy(Strategy) implements OnModuleDestroy {
  declare name: string;

  constructor(
    private readonly login: Login,
    private readonly addresses: ClientAddress,
  ) {
    super({ passReqToCallback: true });
  }

  async validate(request: AddressedRequest, username: string, password: string): Promise<DirectoryUser> {
    return this.login.authenticate({ username, password, address: this.addresses.of(request) });
  }

  // Called before it is registered. Passport's registry is one for the process: under passport-local's own name, two
  // applications would check each other's passwords, and ours would take the place of the application's own.
  protected getPassportInstance(): typeof passport {
    this.name = `mfa-password-${randomId()}`;
    return passport;
  }

  onModuleDestroy(): void {
    passport.unuse(this.name);
  }
}
