import { afterEach, describe, expect, it } from 'vitest';
import { play } from '../conformance/play.js';
import { loadScenarios } from '../conformance/scenario.js';
import { Stage } from '../conformance/stage.js';
import { DocumentCheck } from '../support/document-check.js';
import { describedDocument } from '../support/open-api.js';

describe('the answers to all recorded requests of clients of Deux', () => {
  let stage: Stage;
  afterEach(() => stage.booted.close());

  it.each(['nest', 'deux'] as const)('are those of the document, with errors as in %s', async (errorFormat) => {
    stage = await Stage.open(errorFormat);
    const check = new DocumentCheck(await describedDocument(stage.booted.app));
    const found: string[] = [];
    for (const scenario of loadScenarios()) {
      const lines = await play(stage, scenario, ({ request: { method, path } }, { answer }) =>
        check.complaints({ method, path, ...answer }),
      );
      found.push(...lines.map((line) => `${scenario.id} ${line}`));
    }
    expect(found).toEqual([]);
    expect(check.seen.size).toBeGreaterThan(20);
  });
});
