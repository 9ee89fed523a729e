import type { Provider } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { checkImportedOnce } from './imported-once.js';
import { refuseSecondCopies, secondCopy, warnOfSecondCopies } from './second-copies.js';

/** What the module uses of Nest's core. */
export class NestCore {
  constructor(
    readonly modules: ModuleRef,
    readonly all: ModulesContainer,
    readonly host: HttpAdapterHost,
    readonly config: ApplicationConfig,
  ) {}
}

/**
 * The only provider that injects Nest's own classes. Nest does not know them if they come from a second copy of the package; the module
 * then refuses to start with a sentence that says so.
 */
export const NEST_CORE: Provider = {
  provide: NestCore,
  inject: [ModuleRef, ModulesContainer, HttpAdapterHost, ApplicationConfig].map((token) => ({ token, optional: true })),
  useFactory: (...parts: Partial<ConstructorParameters<typeof NestCore>>) => {
    const [modules, all, host, config] = parts;
    if (!modules || !all || !host || !config) throw secondCopy('@nestjs/core');
    refuseSecondCopies(all);
    checkImportedOnce(all, host);
    warnOfSecondCopies();
    return new NestCore(modules, all, host, config);
  },
};
