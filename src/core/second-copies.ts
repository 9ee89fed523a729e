import { Logger } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { createRequire } from 'node:module';
import { Misconfiguration } from './misconfiguration.js';

/** Packages that may be installed twice, and the package whose dependency is the application's copy. */
const HARMLESS = [
  { name: '@nestjs/common', from: '@nestjs/core' },
  { name: 'typeorm', from: '@nestjs/typeorm' },
] as const;

/** Returns the refusal of a package that is installed twice: Nest finds providers by their class, and each copy has its own. */
export function secondCopy(name: string): Misconfiguration {
  return new Misconfiguration(
    `two copies of ${name} are installed, and Nest uses the other one, e.g. run npm dedupe until npm ls ${name} shows one.`,
  );
}

/** Refuses a second copy of a package that both must share. @throws {Misconfiguration} */
export function refuseSecondCopies(modules: ModulesContainer): void {
  const isOther = (metatype: Function) => metatype.name === TypeOrmModule.name && metatype !== TypeOrmModule;
  if ([...modules.values()].some(({ metatype }) => isOther(metatype))) throw secondCopy('@nestjs/typeorm');
}

/** Warns of a second copy of a package whose errors and metadata the module recognises anyway. */
export function warnOfSecondCopies(): void {
  for (const { name, from } of HARMLESS) {
    const [own, other] = [found(name), found(name, found(from))];
    if (own === undefined || other === undefined || own === other) continue;
    new Logger('MfaModule').warn(
      `Two copies of ${name} are installed: run npm dedupe until npm ls ${name} shows one. ` +
        'The module works with both, but an instanceof in your code may fail.',
    );
  }
}

// Undefined where nothing is installed, e.g. in a bundle.
function found(name: string, from = import.meta.url): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}
