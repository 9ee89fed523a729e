import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeOnEach } from '../support/databases.js';
import { hasBrowser } from './browser.js';
import { enrolmentSteps } from './enrolment-steps.js';
import { managementSteps } from './management-steps.js';
import { signInSteps } from './sign-in-steps.js';
import { ADAPTERS, Stage, type WalkedKind } from './stage.js';

// One person's way through the whole page: each step begins where the one before it has ended.
function walk(kind: WalkedKind): void {
  const stage = new Stage(kind);
  beforeAll(() => stage.open());
  // For a person to look at.
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.tab.photograph('failed');
  });
  afterAll(() => stage.close());

  enrolmentSteps(stage);
  signInSteps(stage);
  managementSteps(stage);

  it('asks no other host, and breaks no rule of its policy', () => {
    expect(stage.tab.complaints).toEqual([]);
  });
}

await describeOnEach('the page of the sample', Object.keys(ADAPTERS) as WalkedKind[], (kind) => {
  describe.skipIf(!hasBrowser)('in Chromium (CHROMIUM names another one)', () => {
    walk(kind as WalkedKind);
  });
});
