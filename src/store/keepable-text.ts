import type { TableColumn } from './table-columns.js';

/** Columns of a varchar without a length of its own: MariaDB's. */
const VARCHAR_LENGTH = 255;

/** Says whether every database keeps a text unchanged: PostgreSQL refuses NUL, and half of a surrogate pair becomes U+FFFD. */
export function isKeepable(text: string): boolean {
  return !/[\0\ud800-\udfff]/.test(text) || !/[\0\p{Surrogate}]/u.test(text);
}

/** Refuses text that some database would change. @throws {TypeError} */
export function refuseUnkeepable(columns: readonly TableColumn[], row: Record<string, unknown>): void {
  for (const { property, metadata } of columns) {
    const text = row[property];
    if (typeof text !== 'string') continue;
    const most = metadata.type === 'varchar' ? Number(metadata.length) || VARCHAR_LENGTH : Infinity;
    // A MariaDB that is not strict would cut it off, and two users could become one.
    if (isKeepable(text) && (text.length <= most || [...text].length <= most)) continue;
    throw new TypeError(`${property} must have at most ${most} characters, and neither NUL nor half a character.`);
  }
}
