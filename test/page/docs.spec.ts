import { afterEach, describe, expect, it } from 'vitest';
import { hasBrowser, Tab } from './browser.js';
import { RunningSample } from './running-sample.js';

describe.skipIf(!hasBrowser)("the page of the API's documentation", () => {
  let sample: RunningSample;
  let tab: Tab;
  afterEach(async () => {
    await tab?.close();
    await sample?.stop();
  });

  it.each(['express', 'fastify'])('shows every route and calls one, under its policy, on %s', async (HTTP_ADAPTER) => {
    sample = await RunningSample.start({ HTTP_ADAPTER });
    tab = await Tab.open(sample.origin);
    const { page } = tab;
    await page.goto(`${sample.origin}/docs`);
    const route = (name: RegExp) => page.getByRole('button', { name }).first();
    await route(/^POST \/mfa\/authtoken\/login\//).waitFor();
    await route(/^GET \/hello/).click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await expect.poll(() => page.locator('.live-responses-table').textContent()).toMatch(/"hello": ?"world"/);
    await tab.photograph('docs');
    expect(tab.complaints).toEqual([]);
  });
});
