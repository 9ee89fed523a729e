import { Cast } from './cast.js';
import { differences, type Outcome } from './judge.js';
import type { Scenario, Step } from './scenario.js';
import { send, type WireRequest } from './send.js';
import type { Stage } from './stage.js';
import { fillForm, fillJson, fillText, type Meaning } from './symbols.js';

/** Compares an outcome with what is expected of its step: nothing, or a line for each difference. */
export type Comparison = (step: Step, outcome: Outcome) => string[];

/** Plays a scenario and says how what came differs from what is expected: nothing, or a line for each difference. */
export async function play(stage: Stage, scenario: Scenario, compare: Comparison = differences): Promise<string[]> {
  const found: string[] = [];
  let place = 'setup';
  try {
    const cast = await Cast.of(stage, scenario);
    for (const [index, step] of scenario.steps.entries()) {
      place = `step ${index + 1}`;
      const lines = await playStep(stage, cast, step, compare);
      found.push(...lines.map((line) => `${place}: ${line}`));
    }
    return found;
  } catch (error) {
    // An unknown symbol, or a server that hangs up: a scenario that cannot be played differs.
    return [...found, `${place}: could not be played: ${String(error)}`];
  }
}

async function playStep({ booted }: Stage, cast: Cast, step: Step, compare: Comparison): Promise<string[]> {
  const before = booted.outbox.count;
  const answer = await send(booted.client.origin, await wireRequest(step, cast.meaning));
  cast.remember(step, answer);
  return compare(step, { answer, messages: booted.outbox.count - before });
}

async function wireRequest({ request }: Step, meaning: Meaning): Promise<WireRequest> {
  const { method, path } = request;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = await fillText(value, meaning);
  return { method, path, headers, body: await wireBody(request, meaning) };
}

async function wireBody({ encoding, body }: Step['request'], meaning: Meaning): Promise<string | undefined> {
  switch (encoding) {
    case 'json':
      return fillJson(body, meaning);
    case 'form':
      return fillForm(body as Record<string, unknown>, meaning);
    case 'raw':
      return fillText(String(body), meaning);
    case null:
      return undefined;
    default:
      return encoding satisfies never;
  }
}
