import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { expect } from 'vitest';
import type { Tab } from './browser.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The widths of a desktop, and of a phone: what WCAG 1.4.10 asks for, also a window of 640 pixels at 200 %. */
const [WIDE, NARROW] = [
  { width: 640, height: 900 },
  { width: 320, height: 700 },
];

/**
 * Looks at the screen that is shown, in light and dark: axe-core finds nothing serious, and nothing scrolls sideways on a phone. For people
 * to look at, a picture of each stays in `test/page/screens/`.
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
  const width = await page.evaluate('document.documentElement.scrollWidth');
  await page.setViewportSize(WIDE);
  expect({ name, found, width }).toEqual({ name, found: [], width: NARROW.width });
}

async function seriousIn({ page }: Tab): Promise<string[]> {
  await page.evaluate(`window.axe ?? (() => { ${AXE} })()`);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
