import { MfaError } from '../core/mfa-error.js';
import { DEFAULT_WORDS, type Word } from '../core/words.js';
import type { PromptBody } from '../verification/prompts.js';
import { ref } from './component.js';
import type { Answer, Schema } from './document.js';
import type { Facts } from './facts.js';
import { ANY_OBJECT, COUNT, listOf, optional, says, shape, TEXT } from './shape.js';

/** A refusal by its code, with a status if it is not the usual one of that code. */
export type Refusal = Word | readonly [Word, status: number];

const HEADERS: Record<number, Answer['headers']> = {
  401: { 'WWW-Authenticate': { description: 'Why the credential is refused (RFC 6750, RFC 9470).', schema: TEXT } },
  403: { 'WWW-Authenticate': { description: 'What the credential lacks (RFC 6750).', schema: TEXT } },
  429: { 'Retry-After': { description: 'Seconds until another try is judged.', schema: COUNT } },
  503: { 'Retry-After': { description: 'Seconds until it may be possible again.', schema: COUNT } },
};

/** A refusal, as `MfaError` and its filter answer it. */
interface ErrorBody extends Partial<Pick<PromptBody, 'mfa_token' | 'expires_in' | 'mfa_methods'>> {
  statusCode: number;
  error: string;
  message: string | string[];
  code: Word;
  open_methods?: string[];
}

/** Returns the body of a refusal. */
export function errorSchema({ isDeux }: Facts): Schema {
  if (isDeux) return says('As Django REST framework answers errors.', ANY_OBJECT);
  return shape<ErrorBody>({
    statusCode: COUNT,
    error: says('The name of the status.', TEXT),
    message: says('For people. A list has one text for each wrong field.', { oneOf: [TEXT, listOf(TEXT)] }),
    code: says('For programs: it never changes.', TEXT),
    open_methods: optional(says('The ids of the methods that a lock leaves open.', listOf(TEXT))),
    mfa_token: optional(says('To go on with another method.', TEXT)),
    expires_in: optional(says('Seconds for which the `mfa_token` can be used.', COUNT)),
    mfa_methods: optional(listOf(ref('MfaMethod'))),
  });
}

/** Returns the answers of refusals, by their status. */
export function refusalAnswers(refusals: readonly Refusal[], facts: Facts): Record<string, Answer> {
  const answers = [...byStatus(refusals)].map(([status, codes]) => [
    String(status),
    refusalAnswer(status, codes, facts),
  ]);
  return Object.fromEntries(answers) as Record<string, Answer>;
}

/** Returns the codes of refusals, by their status. */
export function byStatus(refusals: readonly Refusal[]): Map<number, Word[]> {
  const codes = new Map<number, Word[]>();
  for (const refusal of refusals) {
    const [code, status] = typeof refusal === 'string' ? [refusal, new MfaError(refusal).getStatus()] : refusal;
    codes.set(status, [...new Set([...(codes.get(status) ?? []), code])]);
  }
  return codes;
}

/** Returns the headers of a refusal. */
export function refusalHeaders(status: number): Pick<Answer, 'headers'> {
  return HEADERS[status] ? { headers: HEADERS[status] } : {};
}

function refusalAnswer(status: number, codes: Word[], { isDeux }: Facts): Answer {
  const named: Schema = { type: 'object', properties: { code: { type: 'string', enum: codes } } };
  const schema = isDeux ? ref('MfaError') : { allOf: [ref('MfaError'), named] };
  return {
    description: codes.map((code) => `\`${code}\`: ${DEFAULT_WORDS[code]}`).join('\n\n'),
    ...refusalHeaders(status),
    content: { 'application/json': { schema } },
  };
}
