import type { DataSource } from 'typeorm';
import type { TableColumns } from './table-columns.js';

/** Text of a statement in which `{table}`, `{columns}` and `{property}` stand for names, and `?` for a parameter. */
export type Template = string;

/**
 * The texts of a table's statements. Each is compiled once, with the names and places of its database, and stays the same: so the
 * driver and the database can reuse what they have prepared, and building SQL costs a request nothing.
 */
export class StatementTexts {
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly source: DataSource,
    private readonly columns: () => TableColumns,
  ) {}

  /** The text of a template, by a short key where there is one: a long text would be built and hashed again for every request. */
  of(key: string, template: () => Template = () => key): string {
    const known = this.texts.get(key);
    if (known !== undefined) return known;
    let places = 0;
    const text = template().replace(/\{(\w+)\}|\?/g, (place, name?: string) =>
      name === undefined ? this.source.driver.createParameter(place, places++) : this.named(name),
    );
    this.texts.set(key, text);
    return text;
  }

  private named(name: string): string {
    const columns = this.columns();
    if (name === 'table') return columns.path;
    if (name !== 'columns') return columns.name(name);
    return columns.all.map(({ property }) => columns.name(property)).join(', ');
  }
}

/** Selects the module's columns of the rows that meet a condition. */
export function selection(condition: Template): Template {
  return `SELECT {columns} FROM {table} WHERE ${condition}`;
}

/** Compares each property with a parameter. @throws {TypeError} where nothing is named: the statement would be about every row */
export function conditions(properties: readonly string[]): Template {
  if (properties.length > 0) return properties.map((property) => `{${property}} = ?`).join(' AND ');
  throw new TypeError('Rows are looked up by text only.');
}

/** Inserts this many rows. */
export function insertion(columns: number, rows: number): Template {
  const row = `(${placesOf(columns)})`;
  return `INSERT INTO {table} ({columns}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}`;
}

/** A list of parameters. */
export function placesOf(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}
