import type { TableColumnOptions } from 'typeorm';

/** Text of a bounded length. */
export function varchar(name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'varchar', length: String(length), ...more };
}

/** Text of any length, e.g. JSON. */
export function text(name: string): TableColumnOptions {
  return { name, type: 'text' };
}

/** A count. Never null: `NULL + 1` would never reach a limit. */
export function count(name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'integer', ...more };
}

/** A moment, as milliseconds since 1970. */
export function moment(name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'bigint', ...more };
}

/** The default of a count or a moment. */
export const ZERO = { default: '0' };
