import { Injectable } from '@nestjs/common';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { DeuxErrorFormat } from '../http/deux-error-format.js';
import { ErrorFormat } from '../http/error-format.js';
import type { OwnRoute } from '../http/own-routes.js';
import { OAuth2Options } from '../login/oauth2/oauth2-options.js';
import { ManagementScope } from '../session/management-scope.js';
import { OwnCredentials } from '../session/own-credentials.js';
import type { OpenApiDocument } from './document.js';
import type { Facts } from './facts.js';

/** Reads those of the application's options that its clients notice. */
@Injectable()
export class ConfiguredFacts {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly errors: ErrorFormat,
    private readonly oauth2: OAuth2Options,
    private readonly own: OwnCredentials,
    private readonly management: ManagementScope,
  ) {}

  /** Returns the facts for a document with these routes, which begin with a path. */
  of({ openapi }: Pick<OpenApiDocument, 'openapi'>, path: string, routes: readonly OwnRoute[]): Facts {
    const challenges = this.registry.types.map((type) => this.registry.get(type)!.metadata);
    return {
      openapi,
      path,
      challenges: challenges.filter(({ role }) => role === 'factor'),
      isOwn: this.own.areUsed,
      isDeux: this.errors instanceof DeuxErrorFormat,
      hasOAuth: routes.some((route) => route.path === `${path}/oauth2/token`),
      oauthErrors: this.oauth2.errors,
      managementScope: this.management.scope,
    };
  }
}
