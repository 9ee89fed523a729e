import { Misconfiguration } from '../core/misconfiguration.js';
import type { Words } from '../core/words.js';
import { DeuxErrorFormat } from './deux-error-format.js';
import { ErrorFormat } from './error-format.js';

/** How the module's errors look: in Nest's shape with a `code`, or as in Deux. */
export type ErrorFormatName = 'nest' | 'deux';

/** Returns the format of this name. @throws {Misconfiguration} */
export function errorFormatOf(name: ErrorFormatName | undefined, words: Words): ErrorFormat {
  switch (name) {
    case undefined:
    case 'nest':
      return new ErrorFormat(words);
    case 'deux':
      return new DeuxErrorFormat(words);
    default:
      throw new Misconfiguration(`\`errorFormat\` must be 'nest' or 'deux', e.g. errorFormat: 'deux'.`);
  }
}
