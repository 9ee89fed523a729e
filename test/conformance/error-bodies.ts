import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from './judge.js';
import type { Step } from './scenario.js';

/** How one recorded error body compares with what `errorFormat: 'deux'` sends. */
export interface ErrorBody {
  id: string;
  equal: boolean;
  /** Deux's body as JSON. */
  theirs: string;
  ours: string;
}

/** Why a body of Deux is not sent, by what that body, or the scenario's id, says. */
const REASONS: readonly [reason: string, body: RegExp, id?: RegExp][] = [
  [
    'Deux repeats the words of its parser. Here every unreadable body gets one sentence in `detail`',
    /JSON parse error|Invalid data\. Expected|No data provided/,
  ],
  ['The token of an inactive user gets the answer of an unknown token', /User inactive or deleted/],
  [
    'Deux adds a second sentence about the same field',
    /(no more than 15 characters|"Null characters are not allowed\.)/,
    /phone|3 MiB/,
  ],
  ["A gateway's own words are for your log only", /Carrier rejected/],
  ['If MFA is on already, the answer says that first', /This field is required/, /when enabled/],
  [
    'Deux collects the faults of all fields. Here a code is read after the name and the password',
    /"password".*"mfa_code"/,
  ],
  ['A client without the grant learns nothing of the password', /Unable to log in/, /client without/],
  ['A name or password that is no text, or too long, is a fault of its field', /Unable to log in/, /username|password/],
];

/** Compares a step's error body with the recorded one, or returns undefined if Deux has given another status or no body. */
export function errorBody(id: string, { deux }: Step, { answer }: Outcome): ErrorBody | undefined {
  if (!deux || deux.status < 400 || deux.status !== answer.status || deux.body === null) return undefined;
  return {
    id,
    equal: isDeepStrictEqual(deux.body, JSON.parse(answer.text)),
    theirs: JSON.stringify(deux.body),
    ours: answer.text,
  };
}

/** Says why a body differs, or undefined if nobody has said so. */
export function reasonOf({ theirs, id }: ErrorBody): string | undefined {
  return REASONS.find(([, body, scenario]) => body.test(theirs) && (scenario?.test(id) ?? true))?.[0];
}

/** The figures, and the bodies that differ by their reason, as `docs/deux.md` says them. */
export function errorBodyFigures(bodies: readonly ErrorBody[]): string {
  const others = bodies.filter(({ equal }) => !equal);
  const reasons = REASONS.map(([reason]) => {
    const ids = others.filter((one) => reasonOf(one) === reason).map(({ id }) => `\`${id}\``);
    return `- ${reason} (${ids.length}): ${ids.join(', ') || 'none'}.`;
  });
  const equal = bodies.length - others.length;
  return [
    `${equal} of ${bodies.length} recorded error bodies are equal to the letter. The others, each with how many there are:`,
    '',
    ...reasons,
  ].join('\n');
}
