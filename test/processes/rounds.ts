import type { TestContext } from 'vitest';
import type { Answered } from '../support/client.js';

/** Rounds of each race, and crashes: few in `npm test`, all of them in `npm run reliability`. */
export const ROUNDS = Number(process.env['MFA_RELIABILITY_ROUNDS'] ?? 3);

/** Rounds with backup codes, whose slow hash takes seconds of each. */
export const SLOW_ROUNDS = ROUNDS > 3 ? ROUNDS : 1;

/** Processes that are killed, and the logins around each of them. */
export const [CRASHES, LOGINS] = ROUNDS > 3 ? [10, 1000] : [1, 100];

/** Requests of a race. */
export const REQUESTS = 30;

/** Milliseconds for the rounds of one test on a machine that others use as well. */
export const LONG = 60_000 + ROUNDS * 20_000;

declare module 'vitest' {
  interface TaskMeta {
    /** What a test has counted, for `npm run reliability` to print. */
    figures?: Record<string, number | string>;
  }
}

/** Notes what a test has counted. */
export function note({ task }: Pick<TestContext, 'task'>, figures: Record<string, number | string>): void {
  task.meta.figures = { ...task.meta.figures, ...figures };
}

/** How often each status was answered, e.g. `200: 3, 400: 87`. */
export function statuses(answers: readonly Answered[]): string {
  const counts = new Map<number, number>();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .toSorted(([one], [other]) => one - other)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ');
}

/** The answers that an application must never give: 5xx, or none at all. */
export function broken(answers: readonly Answered[]): Answered[] {
  return answers.filter(({ status }) => !(status >= 200 && status < 500));
}

/** The least count that a binomial number exceeds with a probability below one in a million. */
export function atMost(rounds: number, chance: number): number {
  let [tail, count] = [1, -1];
  while (tail >= 1e-6) {
    count++;
    tail -= binomial(rounds, count) * chance ** count * (1 - chance) ** (rounds - count);
  }
  return count;
}

function binomial(n: number, k: number): number {
  let product = 1;
  for (let index = 1; index <= k; index++) product *= (n - k + index) / index;
  return product;
}
