import assert from 'node:assert/strict';
import { ChallengeStage } from './challenge-ceremony.js';
import type { ChallengeContract } from './challenge-contract-options.js';
import { runnerOf } from './contract-runner.js';
import { frozen, isJson } from './plain-json.js';

/** What clients send in place of a proof. */
const GARBAGE: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  '',
  ' ',
  '\0',
  '١٢٣٤٥٦',
  'x'.repeat(100_000),
  [],
  [null],
  {},
  { toString: 1 },
];

/**
 * Tests that your challenge does what the module relies on. Its state is JSON, a proof works once and only for its own
 * factor and ceremony, and `read` does not throw for garbage. Works in vitest and Jest.
 * @example
 * ```ts
 * const inbox = new Inbox();
 * const pagers = { page: inbox.capture((to: string, text: string) => ({ to, text })) };
 * describeChallengeContract('PagerChallenge', {
 *   challenge: () => new PagerChallenge(pagers),
 *   requests: [{ pager: 'P0001' }, { pager: 'P0002' }],
 *   prove: () => inbox.code(),
 *   wrong: '000000',
 * });
 * ```
 */
export function describeChallengeContract<State, Proof, Phase, Request extends object>(
  name: string,
  contract: ChallengeContract<State, Proof, Phase, Request>,
): void {
  const { describe, it } = runnerOf('describeChallengeContract', contract);
  describe(`the contract of a challenge: ${name}`, () => {
    for (const [rule, test] of Object.entries(RULES))
      it(rule, async () => test(await ChallengeStage.of(contract), contract));
  });
}

type Rule = <State, Proof, Phase, Request extends object>(
  stage: ChallengeStage<State, Proof, Phase, Request>,
  contract: ChallengeContract<State, Proof, Phase, Request>,
) => Promise<void>;

const RULES: Record<string, Rule> = {
  'has a decorator, a state in JSON and a hint of one line': async (stage, { requests }) => {
    assert.ok(stage.metadata.type);
    const { state, hint } = await stage.enrol(requests[0]);
    assert.ok(isJson(state), `The state is not JSON: ${JSON.stringify(state)}`);
    assert.match(hint, /^\P{Cc}{0,255}$/u, 'The hint is no text of one line.');
  },

  'takes a right proof, and makes a phase and a next state in JSON': async (stage, { requests }) => {
    const { state, enrolment } = await stage.confirmed(requests[0]);
    const ceremony = await stage.begin(state, 'login');
    assert.ok(isJson(ceremony.begun.phase), 'The phase is not JSON.');
    const verdict = await stage.judge(ceremony, await stage.prove(ceremony, enrolment));
    assert.equal(verdict.kind, 'right');
    assert.ok(isJson((verdict as { state: unknown }).state), 'The next state is not JSON.');
  },

  'takes a proof once: the next state refuses it': async (stage, { requests }) => {
    const { state, enrolment } = await stage.confirmed(requests[0]);
    const ceremony = await stage.begin(state, 'login');
    const proof = await stage.prove(ceremony, enrolment);
    const first = await stage.judge(ceremony, proof);
    assert.equal(first.kind, 'right');
    const { state: next } = first as { state: typeof state };
    assert.notEqual((await stage.judge(ceremony, proof, next)).kind, 'right', 'The proof worked twice.');
  },

  'refuses a wrong proof': async (stage, { requests, wrong }) => {
    const { state } = await stage.confirmed(requests[0]);
    assert.equal((await stage.judge(await stage.begin(state, 'login'), wrong)).kind, 'wrong');
  },

  'refuses the proof of another factor, and finds the factor that a proof is for': async (stage, { requests }) => {
    const [one, other] = [await stage.confirmed(requests[0]), await stage.confirmed(requests[1])];
    const ceremony = await stage.begin(one.state, 'login');
    const raw = await stage.prove(ceremony, one.enrolment);
    assert.notEqual((await stage.judge(ceremony, raw, other.state)).kind, 'right', 'Another factor took the proof.');
    const proof = stage.challenge.read(raw, stage.moment('login'));
    const picked = stage.challenge.pick?.([other.state, one.state], proof!) ?? one.state;
    assert.deepEqual(picked, one.state, '`pick` chose another factor.');
    assert.ok(stage.challenge.same?.(one.state, one.state) ?? true, '`same` does not know a state again.');
    assert.ok(!stage.challenge.same?.(one.state, other.state), '`same` takes two factors for one.');
  },

  'refuses the proof of another ceremony, if a ceremony has a phase': async (stage, { requests }) => {
    const { state, enrolment } = await stage.confirmed(requests[0]);
    const [first, second] = [await stage.begin(state, 'login'), await stage.begin(state, 'login')];
    if (second.begun.phase === undefined) return;
    const verdict = await stage.judge(second, await stage.prove(first, enrolment));
    assert.notEqual(verdict.kind, 'right', 'The proof of an earlier ceremony worked.');
  },

  'refuses a code that was sent for another purpose, or an hour ago': async (stage, { requests }) => {
    const { state, enrolment } = await stage.confirmed(requests[0]);
    const ceremony = await stage.begin(state, 'login');
    if (!ceremony.begun.message) return;
    const code = await stage.prove(ceremony, enrolment);
    const { phase } = ceremony.moment;
    for (const moment of [stage.moment('step-up', phase), stage.moment('login', phase, 3600)])
      assert.notEqual((await stage.judge({ ...ceremony, moment }, code)).kind, 'right', 'The code still worked.');
  },

  'reads no proof from what cannot be one, and throws nothing': async (stage) => {
    const moment = stage.moment('login');
    for (const raw of GARBAGE)
      assert.equal(stage.challenge.read(raw, moment), undefined, `It took ${JSON.stringify(raw)}.`);
  },

  'changes no state that it is given, and counts down what is used up': async (stage, { requests, wrong }) => {
    const { state, enrolment } = await stage.confirmed(requests[0]);
    const ceremony = await stage.begin(frozen(state), 'login');
    await stage.judge(ceremony, wrong);
    const verdict = await stage.judge(ceremony, await stage.prove(ceremony, enrolment));
    const left = stage.challenge.remaining?.(state);
    if (left === undefined) return;
    assert.equal(stage.challenge.remaining?.((verdict as { state: typeof state }).state), left - 1);
  },
};
