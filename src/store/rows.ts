import type { DataSource, EntityManager, EntityTarget, ObjectLiteral, QueryRunner, Repository } from 'typeorm';
import { isKeepable, refuseUnkeepable } from './keepable-text.js';
import { Statements } from './statements.js';
import { type DriverValue, TableColumns } from './table-columns.js';

/** What rows are looked up by: text, never null, a number or an object. */
export type Lookup<Row> = { [Column in keyof Row]?: string };

/** Text of a statement in which `{table}`, `{columns}` and `{property}` stand for names, and `?` for a parameter. */
type Template = string;

/**
 * The rows of one table. Statements have a constant text, compiled once from TypeORM's metadata, and values travel as parameters:
 * so the driver and the database can reuse what they have prepared, and building SQL costs a request nothing.
 */
export class Rows<Row extends ObjectLiteral> {
  private readonly source: DataSource;
  private known?: TableColumns;

  /** @param declaredIn the class whose columns are read and written, where the table's entity extends it */
  constructor(
    private readonly table: Repository<Row>,
    private readonly declaredIn: Function = table.target as Function,
    private readonly statements = new Statements(table.manager.connection),
    private readonly texts = new Map<Template, string>(),
  ) {
    this.source = table.manager.connection;
  }

  // Not when it is made: an entity that TypeORM does not know is refused later, with a better sentence.
  private get columns(): TableColumns {
    return (this.known ??= new TableColumns(this.source, this.table.metadata, this.declaredIn));
  }

  /** Returns the table bound to a transaction of the application. @throws {TypeError} */
  within(manager: EntityManager): Rows<Row> {
    return new Rows(this.table, this.declaredIn, this.statements.within(manager), this.texts);
  }

  /** The row with exactly this text, or null. */
  async find(lookup: Lookup<Row>): Promise<Row | null> {
    const places = conditionsOf(lookup);
    if (!canExist(Object.values(lookup))) return null;
    const [row] = await this.readWhere(places, Object.values(lookup) as string[]);
    // A table that did not come from the migrations may ignore case, accents and blanks at the end.
    return row && Object.entries(lookup).every(([property, text]) => String(row[property]) === text) ? row : null;
  }

  /** The rows whose property is exactly one of these texts. */
  async findAmong(property: keyof Row & string, texts: readonly string[]): Promise<Row[]> {
    if (texts.length === 0 || !canExist(texts)) return [];
    const rows = await this.readWhere(`{${property}} IN (${texts.map(() => '?').join(', ')})`, [...texts]);
    return rows.filter((row) => texts.includes(String(row[property])));
  }

  /** Adds rows in one statement. @throws {TypeError} for text that not every database would keep as it is */
  async insert(...rows: Row[]): Promise<void> {
    const columns = this.columns.all;
    for (const row of rows) refuseUnkeepable(columns, row);
    const values = rows.flatMap((row) => columns.map(({ property, toDriver }) => toDriver(row[property])));
    await this.write(insertion(columns.length, rows.length), values);
  }

  /** Changes the one row with these texts, and says whether there was one. */
  async update(lookup: Lookup<Row>, change: Partial<Row>): Promise<boolean> {
    const text = `UPDATE {table} SET ${this.assignments(change)} WHERE ${conditionsOf(lookup)}`;
    const texts = Object.values(lookup);
    return canExist(texts) && (await this.write(text, [...this.valuesOf(change), ...texts])) === 1;
  }

  /** Removes the rows with these texts, and says how many there were. */
  async delete(lookup: Lookup<Row>): Promise<number> {
    const text = `DELETE FROM {table} WHERE ${conditionsOf(lookup)}`;
    const texts = Object.values(lookup);
    return canExist(texts) ? this.write(text, texts) : 0;
  }

  /** Runs a statement that reads whole rows. */
  async read(template: Template, parameters: DriverValue[]): Promise<Row[]> {
    const { records } = await this.statements.run(this.compiled(template), parameters);
    return records.map((record) => this.columns.toRow<Row>(record));
  }

  /** Runs a statement that changes rows, and says how many. */
  async write(template: Template, parameters: DriverValue[]): Promise<number> {
    return (await this.statements.run(this.compiled(template), parameters)).affected;
  }

  /** Runs what TypeORM builds, for statements that no request waits for. */
  run<T>(work: (manager: EntityManager, target: EntityTarget<Row>) => Promise<T>): Promise<T> {
    return this.statements.with(({ manager }: QueryRunner) => work(manager, this.table.target));
  }

  /** `column = ?` for each property of a change, in its order. */
  assignments(change: Partial<Row>): Template {
    return [...Object.keys(change).map((property) => `{${property}} = ?`), ...this.kept()].join(', ');
  }

  /** The values of a change as the driver takes them, in its order. */
  valuesOf(change: Partial<Row>): DriverValue[] {
    return Object.entries(change).map(([property, value]) => this.columns.toDriver(property, value));
  }

  private readWhere(conditions: Template, texts: string[]): Promise<Row[]> {
    const lock = this.statements.locksReads ? ' FOR UPDATE' : '';
    return this.read(`SELECT {columns} FROM {table} WHERE ${conditions}${lock}`, texts);
  }

  // Columns of the application that TypeORM keeps on every update of its own.
  private kept(): string[] {
    const { updateDateColumn, versionColumn } = this.table.metadata;
    const escaped = (name: string) => this.source.driver.escape(name);
    return [
      ...(updateDateColumn ? [`${escaped(updateDateColumn.databaseName)} = CURRENT_TIMESTAMP`] : []),
      ...(versionColumn ? [versionColumn.databaseName].map((name) => `${escaped(name)} = ${escaped(name)} + 1`) : []),
    ];
  }

  private compiled(template: Template): string {
    const known = this.texts.get(template);
    if (known !== undefined) return known;
    let places = 0;
    const text = template.replace(/\{(\w+)\}|\?/g, (place, name?: string) =>
      name === undefined ? this.source.driver.createParameter(place, places++) : this.named(name),
    );
    this.texts.set(template, text);
    return text;
  }

  private named(name: string): string {
    if (name === 'table') return this.columns.path;
    if (name !== 'columns') return this.columns.name(name);
    return this.columns.all.map(({ property }) => this.columns.name(property)).join(', ');
  }
}

/** @throws {TypeError} where nothing is named: the statement would be about every row */
function conditionsOf(lookup: object): Template {
  const properties = Object.keys(lookup);
  if (properties.length > 0) return properties.map((property) => `{${property}} = ?`).join(' AND ');
  throw new TypeError('Rows are looked up by text only.');
}

/** @throws {TypeError} for anything but text: MariaDB takes 0 for every text, and TypeORM null for every row */
function canExist(texts: readonly unknown[]): texts is readonly string[] {
  if (texts.every((text) => typeof text === 'string')) return texts.every(isKeepable);
  throw new TypeError('Rows are looked up by text only.');
}

function insertion(columns: number, rows: number): Template {
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
  return `INSERT INTO {table} ({columns}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}`;
}
