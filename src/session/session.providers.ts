import type { Provider, Type } from '@nestjs/common';
import { NestCore } from '../core/nest-core.js';
import { createShared } from '../core/scopes.js';
import { ClientTokens } from './client-tokens.js';
import type { OwnCredential } from './own-credential.js';
import { OwnCredentials } from './own-credentials.js';
import { ProofNames } from './proof-names.js';
import { RequestSignIn } from './request-sign-in.js';
import { Sessions } from './sessions.js';
import { SignedInAnswer } from './signed-in-answer.js';

/** Returns the providers that know who is signed in. @param signedIn the application's own credential */
export function sessionProviders({ signedIn }: { signedIn?: Type<OwnCredential> }): Provider[] {
  return [
    {
      provide: OwnCredentials,
      inject: [NestCore, ProofNames],
      useFactory: async ({ modules }: NestCore, names: ProofNames) =>
        new OwnCredentials(names, signedIn && (await createShared<OwnCredential>(modules, 'signedIn', signedIn))),
    },
    Sessions,
    ClientTokens,
    RequestSignIn,
    SignedInAnswer,
  ];
}
