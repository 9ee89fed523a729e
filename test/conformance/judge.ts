import { isDeepStrictEqual } from 'node:util';
import type { Step } from './scenario.js';
import type { WireAnswer } from './send.js';

/** What came of a step. */
export interface Outcome {
  answer: WireAnswer;
  /** How many messages were sent meanwhile. */
  messages: number;
}

/** How an outcome differs from what is expected of the step: nothing, or a line for each difference. */
export function differences({ expect, sms_sent }: Step, { answer, messages }: Outcome): string[] {
  const { body } = answer;
  const differing = [
    !expect.status || expect.status.includes(answer.status)
      ? []
      : `expected status ${expect.status.join(' or ')}, came ${answer.status} ${answer.text.slice(0, 200)}`,
    Object.entries(expect.body ?? {}).map(([key, value]) =>
      isDeepStrictEqual(body[key], value) ? [] : `expected ${key} ${shown(value)}, came ${shown(body[key])}`,
    ),
    (expect.keys ?? []).map((key) =>
      isEmpty(body[key]) ? `expected ${key} with a value, came ${shown(body[key])}` : [],
    ),
    (expect.absent ?? []).map((key) =>
      Object.hasOwn(body, key) ? `expected no ${key}, came ${shown(body[key])}` : [],
    ),
    expect.message === undefined || says(body, expect.message)
      ? []
      : `expected message ${shown(expect.message)}, came ${shown(body['message'] ?? body['error_description'])}`,
    expect.error === undefined || body['error'] === expect.error
      ? []
      : `expected error ${shown(expect.error)}, came ${shown(body['error'])}`,
    sms_sent === undefined || sms_sent === messages ? [] : `expected ${sms_sent} messages, came ${messages}`,
  ];
  return differing.flat(2);
}

function says({ message, error_description }: Record<string, unknown>, text: string): boolean {
  return [message, error_description].flat().some((words) => typeof words === 'string' && words.includes(text));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || isDeepStrictEqual(value, []);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
