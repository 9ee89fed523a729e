/* global document, getComputedStyle, innerHeight, innerWidth, NodeFilter */

/**
 * Runs in the page. Returns what a person cannot reach or read in the window: sideways scrolling, covered controls, text that is cut off.
 * Behind an open dialogue, nothing can be reached anyway.
 */
export function layoutFaults() {
  const root = document.querySelector('dialog[open]') ?? document.body;
  const faults = [];
  const focused = document.activeElement;
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways');
  for (const control of root.querySelectorAll('a, button, input, select, textarea, summary')) {
    if (isShown(control) && !isReached(control)) faults.push(`out of reach: ${control.outerHTML}`);
  }
  for (const text of textsIn(root)) if (isCut(text)) faults.push(`cut off: ${text.data.trim()}`);
  focused?.focus({ preventScroll: true });
  return faults;

  function isShown(element) {
    return element.checkVisibility({ visibilityProperty: true }) && !element.closest('.visually-hidden');
  }

  // Some show only while they have the focus. A disabled one is reached by the eye.
  function isReached(control) {
    control.focus({ preventScroll: true });
    control.scrollIntoView({ block: 'center' });
    const { left, right, top, bottom } = control.getBoundingClientRect();
    const isInside =
      left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight && right > left && bottom > top;
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return isInside && (control.contains(hit) || hit?.contains(control));
  }

  function textsIn(element) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    return texts.filter(
      (text) => text.data.trim() && isShown(text.parentElement) && !text.parentElement.matches('.skip'),
    );
  }

  function isCut(text) {
    const range = document.createRange();
    range.selectNodeContents(text);
    const { left, right, top, bottom } = range.getBoundingClientRect();
    if (left < 0 || right > innerWidth) return true;
    for (let box = text.parentElement; box; box = box.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(box);
      const edge = box.getBoundingClientRect();
      if (overflowX !== 'visible' && (left < edge.left - 1 || right > edge.right + 1)) return true;
      if (/hidden|clip/.test(overflowY) && (top < edge.top - 1 || bottom > edge.bottom + 1)) return true;
    }
    return false;
  }
}
