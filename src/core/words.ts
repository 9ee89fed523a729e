import { Logger } from '@nestjs/common';
import { Misconfiguration } from './misconfiguration.js';
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
  invalid_mfa_token: 'Please sign in again.',
  mfa_token_required: 'Send the code with the mfa_token of this login.',
  method_not_available: 'This method is not available.',
  factor_exists: 'This factor has been added already.',
  too_many_factors: 'There are too many factors of this kind.',
  mfa_enrolment_required: 'A second factor is required. Please add one first.',
  both_codes: 'Login does not take both a verification and backup code.',
  mfa_enabled: 'Two factor authentication is already enabled.',
  mfa_disabled: 'Two factor authentication is not enabled.',
  invalid_phone_number: 'Please enter a valid phone number.',
  sms_send_failed: 'SMS failed to send.',
  phone_number_not_set: 'MFA phone number must be set for this challenge.',
  invalid_email: 'Please enter a valid e-mail address.',
  email_send_failed: 'The e-mail could not be sent.',
  challenge_failed: 'The challenge could not be carried out.',
  locked: 'Too many attempts. Try again later.',
  mfa_code_text_message: 'Two Factor Authentication Code: {code}',
  mfa_code_email_subject: 'Two Factor Authentication Code',
  mfa_code_email: 'Two Factor Authentication Code: {code}\n\nDo not give it to anyone, also if you did not ask for it.',
  not_authenticated: 'Authentication credentials were not provided or are not valid.',
  insufficient_user_authentication: 'A more recent sign-in or second factor is required.',
  recovery_required: 'Get new recovery codes or add a second factor first.',
  user_required: 'This route needs a token of a user.',
  insufficient_scope: 'The token does not have the scope for this.',
  http_only: 'This is only available over HTTP.',
  cross_site: 'This answer is not given to other sites or to prefetching.',
  method_not_allowed: 'This method is not allowed here.',
  invalid_request: 'The request is not valid.',
  conflict: 'Another request was first. Please try again.',
  malformed_body: 'The request body could not be read.',
  unparsed_body: 'The server does not read this kind of request body.',
  server_error: 'Internal server error',
  unavailable: 'This is not possible at the moment. Try again later.',
} as const;

/** The code of a sentence: the `code` of an answer. */
export type Word = keyof typeof DEFAULT_WORDS;

/** The words that are sent to a user. */
const SENT = ['mfa_code_text_message', 'mfa_code_email_subject', 'mfa_code_email'] as const;

type SentWord = (typeof SENT)[number];

/** Those of them that must have the code. */
const WITH_CODE: readonly string[] = ['mfa_code_text_message', 'mfa_code_email'] satisfies SentWord[];

/** Whom a message is for. */
export interface MessageReader {
  id: string;
  name: string;
  /** As the directory gives it, e.g. `de`. */
  language?: string;
}

/**
 * The application's own sentences: a text, or a function that runs inside the request. Those of `mfa_code_text_message`, `mfa_code_email` and
 * `mfa_code_email_subject` get the user whom the message is for.
 */
export type WordOverrides = Partial<Record<Exclude<Word, SentWord>, string | (() => string)>> &
  Partial<Record<SentWord, string | ((user: MessageReader) => string)>>;

/** Says a sentence in the application's words. */
export class Words {
  private readonly logger = new Logger('MfaModule');

  constructor(private readonly overrides: WordOverrides = {}) {
    refuseUnknownNames('words', overrides, Object.keys(DEFAULT_WORDS));
    for (const [word, own] of Object.entries(overrides)) checkOverride(word, own);
  }

  /**
   * Returns the sentence for a code, with each `{name}` replaced by its value. If the application's function does not return a text,
   * the log says so, and the default is said.
   * @example
   * ```ts
   * const words = new Words({ invalid_mfa_code: 'This code is wrong.' });
   * words.say('invalid_mfa_code'); // 'This code is wrong.'
   * ```
   */
  say(word: Word, values: Record<string, string> = {}, user?: MessageReader): string {
    return filled(this.own(word, user) ?? DEFAULT_WORDS[word], values);
  }

  /**
   * Returns the text of a message with a code, or undefined if the application's function returns none with the code in it. The log says
   * so, and nothing should be sent: the message would cost money and help nobody.
   * @example
   * ```ts
   * const words = new Words({ mfa_code_text_message: 'Acme: your code is {code}.' });
   * words.sayCode('918273', { id: '7', name: 'ada' }); // 'Acme: your code is 918273.'
   * ```
   */
  sayCode(
    code: string,
    user: MessageReader,
    word: 'mfa_code_text_message' | 'mfa_code_email' = 'mfa_code_text_message',
  ): string | undefined {
    const own = this.own(word, user);
    const text = own === undefined ? undefined : filled(own, { code });
    if (text?.includes(code)) return text;
    if (text !== undefined) this.logger.error(`The text of \`words.${word}\` has no {code}: nothing is sent.`);
    return undefined;
  }

  /** The sentence before its values are filled in, or undefined if the application's function gives none. */
  private own(word: Word, user?: MessageReader): string | undefined {
    const own = this.overrides[word] ?? DEFAULT_WORDS[word];
    if (typeof own !== 'function') return own;
    const text = called(own, user);
    if (typeof text === 'string') return text;
    this.logger.error(`The function \`words.${word}\` did not return a text.`);
    return undefined;
  }
}

const EXAMPLE = "e.g. words: { mfa_code_text_message: 'Acme: your code is {code}.' }";

function checkOverride(word: string, own: unknown): void {
  if (own === undefined) return;
  const isText = typeof own === 'string';
  // What a function returns is known only inside a request.
  if (!isText && (typeof own !== 'function' || own.constructor.name !== 'Function')) {
    throw new Misconfiguration(`\`words.${word}\` must be a text, or a function that returns one at once, ${EXAMPLE}.`);
  }
  if (isText && WITH_CODE.includes(word) && !own.includes('{code}')) {
    throw new Misconfiguration(`\`words.${word}\` has no {code}, ${EXAMPLE}.`);
  }
}

// An error of the application's function must not take the place of the refusal that it was to word.
function called(own: (user: MessageReader) => unknown, user?: MessageReader): unknown {
  try {
    const answer = own(user as MessageReader);
    // A promise that nobody waits for would end the process if it failed.
    if (answer instanceof Promise) answer.catch(() => undefined);
    return answer;
  } catch {
    return undefined;
  }
}

// The values are filled in once: what they hold is no template.
function filled(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => (Object.hasOwn(values, name) ? values[name]! : gap));
}
