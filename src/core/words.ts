import { refuseUnknownNames } from './options.js';

/**
 * Every sentence of the module, by its error code. Those that Deux has are Deux's.
 *
 * Override them with the option `words`. A function runs inside the request, so it can translate:
 * `invalid_mfa_code: () => i18n.t('mfa.invalidCode')`.
 */
export const DEFAULT_WORDS = {
  invalid_credentials: 'Unable to log in with provided credentials.',
  invalid_mfa_code: 'Please enter a valid code.',
  invalid_backup_code: 'Please enter a valid backup code.',
  both_codes: 'Login does not take both a verification and backup code.',
  mfa_enabled: 'Two factor authentication is already enabled.',
  mfa_disabled: 'Two factor authentication is not enabled.',
  invalid_phone_number: 'Please enter a valid phone number.',
  sms_send_failed: 'SMS failed to send.',
  phone_number_not_set: 'MFA phone number must be set for this challenge.',
  challenge_failed: 'The challenge could not be carried out.',
  locked: 'Too many attempts. Try again later.',
  mfa_code_text_message: 'Two Factor Authentication Code: {code}',
  not_authenticated: 'Authentication credentials were not provided or are not valid.',
  insufficient_user_authentication: 'A more recent sign-in or second factor is required.',
  user_required: 'This route needs a token of a user.',
  insufficient_scope: 'The token does not have the scope for this.',
  http_only: 'This is only available over HTTP.',
  cross_site: 'This answer is not given to other sites or to prefetching.',
  method_not_allowed: 'This method is not allowed here.',
  invalid_request: 'The request is not valid.',
  conflict: 'Another request was first. Please try again.',
  malformed_body: 'The request body could not be read.',
  server_error: 'Internal server error',
  unavailable: 'This is not possible at the moment. Try again later.',
} as const;

/** The code of a sentence: the `code` of an answer. */
export type Word = keyof typeof DEFAULT_WORDS;

/** The application's own sentences: a text, or a function that runs inside the request. */
export type WordOverrides = Partial<Record<Word, string | (() => string)>>;

/** Says a sentence in the application's words. */
export class Words {
  constructor(private readonly overrides: WordOverrides = {}) {
    refuseUnknownNames('words', overrides, Object.keys(DEFAULT_WORDS));
  }

  /**
   * Returns the sentence for a code, with each `{name}` replaced by its value.
   * @example
   * ```ts
   * const words = new Words({ mfa_code_text_message: 'Acme: your code is {code}.' });
   * words.say('mfa_code_text_message', { code: '918273' }); // 'Acme: your code is 918273.'
   * ```
   */
  say(word: Word, values: Record<string, string> = {}): string {
    const own = this.overrides[word] ?? DEFAULT_WORDS[word];
    const text = typeof own === 'function' ? own() : own;
    return text.replace(/\{(\w+)\}/g, (gap, name: string) => values[name] ?? gap);
  }

  /** Replaces each `@word:code` in a validator's message. Decorators run before the application's words are known. */
  fill(message: string): string {
    return message.replace(/@word:(\w+)/g, (_, word: Word) => this.say(word));
  }
}

/**
 * Returns a class-validator message that becomes one of the module's sentences.
 * @example
 * ```ts
 * const IsPager = () => Matches(/^\d{6}$/, { message: sentence('invalid_phone_number') });
 * ```
 */
export function sentence(word: Word): string {
  return `@word:${word}`;
}
