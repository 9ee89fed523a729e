import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Tab } from './browser.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LAYOUT_FAULTS = readFileSync(join(import.meta.dirname, 'layout-faults.js'), 'utf8');

/** The windows of a desktop, and of a phone: the width that WCAG 1.4.10 asks for. */
const [WIDE, NARROW] = [
  { width: 640, height: 900 },
  { width: 320, height: 700 },
];

/** A window of 1280 × 800 pixels whose user has zoomed to 200 % (WCAG 1.4.4): each pixel of CSS takes four of the screen. */
export const ZOOMED = { width: 640, height: 400, deviceScaleFactor: 2 };

/**
 * Looks at the screen that is shown, in light and dark: axe-core finds nothing serious. On a phone and at 200 %, nothing scrolls sideways,
 * every control can be reached, and no text is cut. For people to look at, a picture of each stays in `test/page/screens/`.
 */
export async function look(tab: Tab, name: string): Promise<void> {
  const { page } = tab;
  const found: unknown[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await tab.photograph(`${name}-${colorScheme}`);
    found.push(...(await seriousIn(tab)).map((violation) => `${name} (${colorScheme}): ${violation}`));
  }
  await page.setViewportSize(NARROW);
  await tab.photograph(`${name}-phone`);
  const onPhone = await layoutFaults(page);
  await page.setViewportSize(WIDE);
  const zoomed = await tab.zoomed(ZOOMED, async () => {
    await tab.photographWindow(`${name}-zoomed`);
    return layoutFaults(page);
  });
  expect({ name, found, onPhone, zoomed }).toEqual({ name, found: [], onPhone: [], zoomed: [] });
}

/** Returns what a person cannot reach or read in the window as it is. */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => { ${LAYOUT_FAULTS.replace('export ', '')} return layoutFaults(); })()`);
}

async function seriousIn({ page }: Tab): Promise<string[]> {
  await page.evaluate(`window.axe ?? (() => { ${AXE} })()`);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
