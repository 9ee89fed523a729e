import { DEFAULT_WORDS, type Word, type Words } from '../core/words.js';
import { randomId } from '../crypto/randomness.js';

/** Nobody can write it into a field, so a validator that repeats what a user typed repeats no mark. */
const MARK = `@word:${randomId()}:`;

/**
 * Returns a class-validator message that becomes one of the module's sentences. It must be the whole message.
 * @example
 * ```ts
 * const IsPager = () => Matches(/^\d{6}$/, { message: sentence('invalid_phone_number') });
 * ```
 */
export function sentence(word: Word): string {
  return MARK + word;
}

/** Returns a validator's message, or the sentence that it stands for: decorators run before the application's words are known. */
export function spoken(message: string, words: Words): string {
  const word = message.startsWith(MARK) ? message.slice(MARK.length) : '';
  return Object.hasOwn(DEFAULT_WORDS, word) ? words.say(word as Word) : message;
}
