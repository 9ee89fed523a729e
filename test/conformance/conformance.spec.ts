import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { play } from './play.js';
import { loadScenarios } from './scenario.js';
import { Stage } from './stage.js';

declare module 'vitest' {
  interface TaskMeta {
    /** What `report.mjs` tells of a scenario. */
    conformance?: { id: string; differences: string[] };
  }
}

const scenarios = loadScenarios();

describe('answers as the scenario expects', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.booted.close());

  it.for(scenarios)('$id', async (scenario, { task }) => {
    const differences = await play(stage, scenario);
    task.meta.conformance = { id: scenario.id, differences };
    expect(differences).toEqual([]);
  });
});
