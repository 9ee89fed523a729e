import type { DataSource, EntityManager, ObjectLiteral, Repository } from 'typeorm';
import { isKeepable, refuseUnkeepable } from './keepable-text.js';
import { conditions, insertion, placesOf, selection, StatementTexts, type Template } from './statement-texts.js';
import { Statements } from './statements.js';
import { type DriverValue, TableColumns } from './table-columns.js';

const KNOWS_ON_CONFLICT = /^postgres$|sqlite/;

/** The values of a look-up: text, never null, a number or an object. */
type Lookup<Row> = { [Column in keyof Row]?: string };

/** The rows of one table. Statements have a constant text, compiled once from TypeORM's metadata, and values travel as parameters. */
export class Rows<Row extends ObjectLiteral> {
  private readonly source: DataSource;
  private readonly texts: StatementTexts;
  private known?: TableColumns;

  /** @param declaredIn the class whose columns are read and written, where the table's entity extends it */
  constructor(
    private readonly table: Repository<Row>,
    private readonly declaredIn: Function = table.target as Function,
    private readonly statements = new Statements(table.manager.connection),
    texts?: StatementTexts,
  ) {
    this.source = table.manager.connection;
    this.texts = texts ?? new StatementTexts(this.source, () => this.columns);
  }

  // Not when it is made: an entity that TypeORM does not know is refused later, with a better sentence.
  private get columns(): TableColumns {
    return (this.known ??= new TableColumns(this.source, this.table.metadata, this.declaredIn));
  }

  /** Says whether the application has declared a column again, e.g. with another type. */
  isRetyped(property: keyof Row & string): boolean {
    return this.table.metadata.findColumnWithPropertyName(property)?.target !== this.declaredIn;
  }

  /** The type of a column in the database. */
  typeOf(property: keyof Row & string): string {
    const column = this.table.metadata.findColumnWithPropertyName(property)!;
    return this.source.driver.normalizeType(column);
  }

  /** The table, as the database calls it. */
  get name(): string {
    return this.table.metadata.tablePath;
  }

  /** The module's columns, as the database calls them. */
  get columnNames(): string[] {
    return this.columns.all.map(({ databaseName }) => databaseName);
  }

  /** Reads these columns of no row. @throws the database's error if one of them, or the table, does not exist */
  async readNothing(columnNames: readonly string[]): Promise<void> {
    const names = columnNames.map((name) => this.source.driver.escape(name)).join(', ');
    await this.statements.run(this.texts.of(`SELECT ${names} FROM {table} WHERE 1 = 0`), []);
  }

  /** Returns the table bound to a transaction of the application. @throws {TypeError} */
  within(manager: EntityManager): Rows<Row> {
    return new Rows(this.table, this.declaredIn, this.statements.within(manager), this.texts);
  }

  /** The row with exactly this text, or null. */
  async find(lookup: Lookup<Row>): Promise<Row | null> {
    const [properties, texts] = [Object.keys(lookup), Object.values(lookup)];
    if (!canExist(texts)) return null;
    const text = this.texts.of(
      `find ${properties.join()}${this.lock}`,
      () => selection(conditions(properties)) + this.lock,
    );
    const [record] = (await this.statements.run(text, texts)).records;
    const row = record && this.columns.toRow<Row>(record);
    // A table that did not come from the migrations may ignore case, accents and blanks at the end.
    return row && properties.every((property, index) => String(row[property]) === texts[index]) ? row : null;
  }

  /** The rows whose property is exactly one of these texts. */
  async findAmong(property: keyof Row & string, texts: readonly string[]): Promise<Row[]> {
    if (texts.length === 0 || !canExist(texts)) return [];
    const among = () => selection(`{${property}} IN (${placesOf(texts.length)})`) + this.lock;
    const text = this.texts.of(`among ${property} ${texts.length}${this.lock}`, among);
    const { records } = await this.statements.run(text, [...texts]);
    return records.map((one) => this.columns.toRow<Row>(one)).filter((row) => texts.includes(String(row[property])));
  }

  /** Adds rows in one statement. @throws {TypeError} for text that not every database would keep as it is */
  async insert(...rows: Row[]): Promise<void> {
    const text = this.texts.of(`insert ${rows.length}`, () => insertion(this.columns.all.length, rows.length));
    await this.statements.run(text, this.valuesOf(rows));
  }

  /**
   * Adds a row, and says whether there was none with its key. In PostgreSQL, an INSERT that fails ends the application's transaction.
   * @throws the driver's error in MariaDB, where it does not
   */
  async insertIfAbsent(row: Row, key: keyof Row & string): Promise<boolean> {
    const otherwise = KNOWS_ON_CONFLICT.test(this.source.options.type) ? ` ON CONFLICT ({${key}}) DO NOTHING` : '';
    const text = this.texts.of(`insert by ${key}`, () => insertion(this.columns.all.length, 1) + otherwise);
    return (await this.statements.run(text, this.valuesOf([row]))).affected === 1;
  }

  /** Changes the rows with these values, and says how many. */
  async change(lookup: { [Column in keyof Row]?: string | number }, change: Partial<Row>): Promise<number> {
    const [changed, properties] = [Object.keys(change), Object.keys(lookup)];
    const text = this.texts.of(`update ${changed.join()} ${properties.join()}`, () => this.update(changed, properties));
    const values = changed.map((property) => this.columns.toDriver(property, change[property]));
    return (await this.statements.run(text, [...values, ...Object.values(lookup)])).affected;
  }

  /** Changes the one row with these texts, and says whether there was one. */
  async updateOne(lookup: Lookup<Row>, change: Partial<Row>): Promise<boolean> {
    return canExist(Object.values(lookup)) && (await this.change(lookup, change)) === 1;
  }

  /** Removes the rows with these texts, and says how many there were. */
  async delete(lookup: Lookup<Row>): Promise<number> {
    const properties = Object.keys(lookup);
    if (!canExist(Object.values(lookup))) return 0;
    return this.write(`DELETE FROM {table} WHERE ${conditions(properties)}`, Object.values(lookup));
  }

  /** Runs a statement that reads whole rows. */
  async read(template: Template, parameters: DriverValue[]): Promise<Row[]> {
    const { records } = await this.statements.run(this.texts.of(template), parameters);
    return records.map((record) => this.columns.toRow<Row>(record));
  }

  /** Runs a statement that changes rows, and says how many. */
  async write(template: Template, parameters: DriverValue[]): Promise<number> {
    return (await this.statements.run(this.texts.of(template), parameters)).affected;
  }

  private valuesOf(rows: readonly Row[]): DriverValue[] {
    const columns = this.columns.all;
    for (const row of rows) refuseUnkeepable(columns, row);
    return rows.flatMap((row) => columns.map(({ property, toDriver }) => toDriver(row[property])));
  }

  private get lock(): string {
    return this.statements.locksReads ? ' FOR UPDATE' : '';
  }

  // With the columns of the application that TypeORM keeps on every update of its own.
  private update(changed: readonly string[], properties: readonly string[]): Template {
    const { updateDateColumn, versionColumn } = this.table.metadata;
    const escaped = (name: string) => this.source.driver.escape(name);
    const assignments = [
      ...changed.map((property) => `{${property}} = ?`),
      ...(updateDateColumn ? [`${escaped(updateDateColumn.databaseName)} = CURRENT_TIMESTAMP`] : []),
      ...(versionColumn ? [versionColumn.databaseName].map((name) => `${escaped(name)} = ${escaped(name)} + 1`) : []),
    ];
    return `UPDATE {table} SET ${assignments.join(', ')} WHERE ${conditions(properties)}`;
  }
}

/** @throws {TypeError} for anything but text: MariaDB takes 0 for every text, and TypeORM null for every row */
function canExist(texts: readonly unknown[]): texts is readonly string[] {
  if (texts.every((text) => typeof text === 'string')) return texts.every(isKeepable);
  throw new TypeError('Rows are looked up by text only.');
}
