import { writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import type { CellResult } from '../cell.js';
import type { ColdResult } from '../cold/cold.js';
import { pageOf } from './page.js';
import { plotOf } from './plot.js';

const DOCS = new URL('../../../docs/', import.meta.url);

/** Writes the page of the documentation and its plot. */
export async function writePage(results: readonly CellResult[], cold?: ColdResult): Promise<void> {
  const page = new URL('performance.md', DOCS);
  const config = await resolveConfig(page);
  await writeFile(page, await format(pageOf(results, cold), { ...config, parser: 'markdown' }));
  await writeFile(new URL('performance.svg', DOCS), plotOf(results));
}
