import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreedDifferences } from './agreed.js';
import { play } from './play.js';
import { isOwnFile, loadScenarios } from './scenario.js';
import { Stage } from './stage.js';

declare module 'vitest' {
  interface TaskMeta {
    /** What `report.mjs` tells of a scenario. */
    conformance?: { id: string; differences: string[]; agreed: string[] };
  }
}

const scenarios = loadScenarios();
const agreed = agreedDifferences();

describe('answers as the scenario expects, or differs as docs/conformance.md agrees', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.booted.close());

  it.for(scenarios)('$id', async (scenario, { task }) => {
    const differences = await play(stage, scenario);
    const agreedOnes = agreed.get(scenario.id) ?? [];
    task.meta.conformance = { id: scenario.id, differences, agreed: agreedOnes };
    expect(differences).toEqual(agreedOnes);
  });
});

it.runIf(isOwnFile)('agrees to no difference of a scenario that does not exist', () => {
  const ids = new Set(scenarios.map(({ id }) => id));
  expect([...agreed.keys()].filter((id) => !ids.has(id))).toEqual([]);
});
