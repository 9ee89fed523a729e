import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from './browser.js';
import { enrolmentSteps } from './enrolment-steps.js';
import { managementSteps } from './management-steps.js';
import { signInSteps } from './sign-in-steps.js';
import { Stage } from './stage.js';

// One person's way through the whole page: each step begins where the one before it has ended.
describe.skipIf(!hasBrowser)('the page of the sample, in Chromium (CHROMIUM names another one)', () => {
  const stage = new Stage();
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
});
