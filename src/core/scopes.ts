import { type OnModuleInit, Scope, type Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { Misconfiguration } from './misconfiguration.js';

/** A provider of the application that every request shares, and the option that names it. */
interface Shared {
  option: string;
  token: string | symbol | Type;
  name: string;
}

const EXAMPLE = 'e.g. @Injectable() without a scope, and what depends on the request from an AsyncLocalStorage';

/** Where Nest keeps the scope of a class. */
const SCOPE = 'scope:options';

/**
 * Refuses an application's provider that is request- or transient-scoped, or depends on one that is. Otherwise Nest would create the
 * module again for each request.
 */
export class ScopeCheck implements OnModuleInit {
  constructor(
    private readonly modules: ModuleRef,
    private readonly shared: readonly Shared[],
  ) {}

  /** @throws {Misconfiguration} */
  onModuleInit(): void {
    const scoped = this.shared.find(({ token }) => this.modules.introspect(token).scope !== Scope.DEFAULT);
    if (scoped) throw hasScope(scoped.option, scoped.name);
  }
}

/** Creates one instance of an application's class with its dependencies. @throws {Misconfiguration} if it needs a request */
export async function createShared<T>(modules: ModuleRef, option: string, Class: Type<T>): Promise<T> {
  const { scope } = (Reflect.getMetadata(SCOPE, Class) ?? {}) as { scope?: Scope };
  if (scope === Scope.REQUEST) throw hasScope(option, Class.name);
  try {
    return await modules.create(Class);
  } catch (error) {
    throw (error as Error).constructor.name === 'RequestScopedCreateException' ? hasScope(option, Class.name) : error;
  }
}

function hasScope(option: string, name: string): Misconfiguration {
  return new Misconfiguration(
    `\`${option}\`: ${name} has a scope, or something that is injected into it, and one instance must serve all requests, ${EXAMPLE}.`,
  );
}
