import { refuseUnknownNames } from './options.js';

/**
 * Every sentence that the module says, by the code that clients see. Where Deux's `strings` have one, it is that.
 *
 * Override any of them with the option `words`. A function is called at the moment of speaking, inside the request, so
 * that it can translate: `invalid_mfa_code: () => i18n.t('mfa.invalidCode')`.
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
  http_only: 'This is only available over HTTP.',
  cross_site: 'This answer is not given to other sites or to prefetching.',
  method_not_allowed: 'This method is not allowed here.',
  invalid_request: 'The request is not valid.',
  malformed_body: 'The request body could not be read.',
  server_error: 'Internal server error',
  unavailable: 'This is not possible at the moment. Try again later.',
} as const;

/** The code of one sentence, as it stands in an answer's `code`. */
export type Word = keyof typeof DEFAULT_WORDS;

/** Own sentences of an application: a text, or a function that gives it when it is said. */
export type WordOverrides = Partial<Record<Word, string | (() => string)>>;

/** Says a sentence in the application's words. */
export class Words {
  constructor(private readonly overrides: WordOverrides = {}) {
    refuseUnknownNames('words', overrides, Object.keys(DEFAULT_WORDS));
  }

  /** The sentence for a code; `{name}` in it is replaced by the value of that name. */
  say(word: Word, values: Record<string, string> = {}): string {
    const own = this.overrides[word] ?? DEFAULT_WORDS[word];
    const text = typeof own === 'function' ? own() : own;
    return text.replace(/\{(\w+)\}/g, (gap, name: string) => values[name] ?? gap);
  }

  /** Replaces each `@word:code` in a validator's message, which is written before the application's words are known. */
  fill(message: string): string {
    return message.replace(/@word:(\w+)/g, (_, word: Word) => this.say(word));
  }
}

/** A class-validator message that is one of the module's sentences: `@Matches(DIGITS, { message: sentence('invalid_phone_number') })`. */
export function sentence(word: Word): string {
  return `@word:${word}`;
}
