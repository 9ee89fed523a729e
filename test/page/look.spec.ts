import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, Tab } from './browser.js';
import { layoutFaults, ZOOMED } from './look.js';

describe.skipIf(!hasBrowser)('a look at a page', () => {
  let tab: Tab;
  beforeAll(async () => {
    tab = await Tab.open('http://localhost');
  });
  afterAll(() => tab.close());

  it('at 200 %, sees a window with half as many pixels of CSS, and the whole window after it', async () => {
    const size = () => tab.page.evaluate<number[]>('[innerWidth, innerHeight, devicePixelRatio]');
    expect(await tab.zoomed(ZOOMED, size)).toEqual([640, 400, 2]);
    expect(await size()).toEqual([640, 900, 1]);
  });

  it.each([
    ['nothing in a page that flows', '<p>Words</p><button>Go</button><div style="height: 2000px"></div><input />', []],
    ['a page that scrolls sideways', '<div style="width: 700px">x</div>', ['the page scrolls sideways']],
    [
      'a control outside the window',
      '<button style="position: fixed; top: 390px; height: 40px">Go</button>',
      ['out of reach: <button'],
    ],
    [
      'a control under another element',
      '<button>Go</button><div style="position: fixed; inset: 0"></div>',
      ['out of reach: <button'],
    ],
    [
      'a text that its box cuts',
      '<p style="height: 1em; overflow: hidden">One line<br />and another</p>',
      ['cut off: and another'],
    ],
    [
      'a text that is too long for its line',
      '<p style="width: 50px; overflow-x: clip; white-space: nowrap">Longer than that</p>',
      ['cut off: Longer'],
    ],
    [
      'what an open dialogue covers, only within it',
      '<button>Go</button><dialog style="max-height: 50px; overflow: hidden"><p>Words</p><div style="height: 90px"></div>So</dialog><script>document.querySelector("dialog").showModal()</script>',
      ['cut off: So'],
    ],
  ])('finds %s', async (_, html, faults) => {
    await tab.page.setContent(html);
    const found = await tab.zoomed(ZOOMED, () => layoutFaults(tab.page));
    expect(found).toHaveLength(faults.length);
    expect(found.filter((fault, index) => !fault.startsWith(faults[index]!))).toEqual([]);
  });
});
