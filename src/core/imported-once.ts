import type { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { Misconfiguration } from './misconfiguration.js';

/** Marks the module's class, to recognise a second installed copy of the package. */
export const MODULE_MARK = Symbol.for('nestjs-mfa:module');

/** Refuses a second import of the module, and an import after the application listens. @throws {Misconfiguration} */
export function checkImportedOnce(modules: ModulesContainer, { listening }: HttpAdapterHost): void {
  // Both would share tables, and a guard would use whichever `Sessions` Nest finds first.
  if ([...modules.values()].filter(({ metatype }) => MODULE_MARK in metatype).length > 1) {
    throw new Misconfiguration(
      'it is imported twice, and a token of one would open the routes of the other, e.g. import it in AppModule alone.',
    );
  }
  if (listening) {
    throw new Misconfiguration('it is loaded late, and Nest registers no more routes, e.g. import it in AppModule.');
  }
}
