import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrorBody, errorBody, errorBodyFigures, reasonOf } from './error-bodies.js';
import { play } from './play.js';
import { loadScenarios } from './scenario.js';
import { Stage } from './stage.js';

declare module 'vitest' {
  interface TaskMeta {
    /** What `report.mjs` tells of the error bodies. */
    errorBodies?: string;
  }
}

const SECTION = /(?<=<!-- npm run conformance -- --write -->\n\n)[\s\S]*?(?=\n\n<!-- until here -->)/;

describe("with errorFormat: 'deux', an error has the body of Deux [D-11]", () => {
  const bodies: ErrorBody[] = [];
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open('deux');
  });
  afterAll(() => stage.booted.close());

  it.for(loadScenarios())('$id', async (scenario) => {
    const found: ErrorBody[] = [];
    const lines = await play(stage, scenario, (step, outcome) => {
      const body = errorBody(scenario.id, step, outcome);
      if (body) found.push(body);
      return [];
    });
    bodies.push(...found);
    expect(lines).toEqual([]);
    expect(found.filter((one) => !one.equal && reasonOf(one) === undefined)).toEqual([]);
  });

  it.skipIf(process.env['CONFORMANCE_FILE'])('or docs/deux.md says why not', ({ task }) => {
    const figures = errorBodyFigures(bodies);
    task.meta.errorBodies = figures;
    expect(figures).not.toContain('none');
    const page = readFileSync('docs/deux.md', 'utf8');
    const written = page.replace(SECTION, () => figures);
    if (process.env['CONFORMANCE_WRITE']) writeFileSync('docs/deux.md', written);
    expect(readFileSync('docs/deux.md', 'utf8')).toBe(written);
  });
});
