import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = resolve(process.env['DATA_DIR'] ?? join(import.meta.dirname, '../data'));

/** Returns the path of a data file: in `sample-app/data/`, or in `DATA_DIR`. */
export function dataFile(name: string): string {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  return join(FOLDER, name);
}
