import { readFileSync } from 'node:fs';

const DOCUMENT = new URL('../../docs/conformance.md', import.meta.url);
const ROW = /^\| `(.+?)` +\| `(.+?)` +\|$/gm;

/** The differences that docs/conformance.md agrees to: lines as `play` gives them, by the scenario's id. */
export function agreedDifferences(): Map<string, string[]> {
  const agreed = new Map<string, string[]>();
  for (const [, id = '', line = ''] of readFileSync(DOCUMENT, 'utf8').matchAll(ROW)) {
    agreed.set(id, [...(agreed.get(id) ?? []), line]);
  }
  return agreed;
}
