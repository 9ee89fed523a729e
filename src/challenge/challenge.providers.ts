import type { Provider } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { NestCore } from '../core/nest-core.js';
import { ProofNames } from '../session/proof-names.js';
import { type ChallengeClass, ChallengeRegistry } from './challenge-registry.js';
import { CodeOptions } from './one-time-code.js';

/** Returns the providers of these challenges, and those that look them up. */
export function challengeProviders(challenges: readonly ChallengeClass[]): Provider[] {
  return [
    ...challenges,
    {
      provide: ChallengeRegistry,
      inject: [NestCore, Clock, CodeOptions],
      useFactory: ({ modules }: NestCore, clock: Clock, codes: CodeOptions) =>
        new ChallengeRegistry(modules, clock, codes, challenges),
    },
    {
      provide: ProofNames,
      inject: [ChallengeRegistry],
      useFactory: (registry: ChallengeRegistry) =>
        new ProofNames(new Set(registry.amrOf('factor')), new Set(registry.amrOf('recovery'))),
    },
  ];
}
