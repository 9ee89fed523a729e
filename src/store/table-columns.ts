import { type DataSource, type EntityMetadata, getMetadataArgsStorage, type ObjectLiteral } from 'typeorm';

type ColumnMetadata = EntityMetadata['columns'][number];

/** A value as the database driver takes and gives it. */
export type DriverValue = string | number | boolean | bigint | Buffer | Date | null | undefined;

/**
 * The module's columns of one table, by property: their names, and how values go in and come out. All of it comes from
 * TypeORM's metadata, so that an application's naming strategy, prefix, schema and retyped columns apply.
 */
export class TableColumns {
  /** The table as SQL names it. */
  readonly path: string;
  private readonly columns: ReadonlyMap<string, ColumnMetadata>;

  /** @param declaredIn the class that declares the columns; those that a subclass of the application adds are not read */
  constructor(
    private readonly source: DataSource,
    private readonly metadata: EntityMetadata,
    declaredIn: Function,
  ) {
    this.path = metadata.tablePath
      .split('.')
      .map((part) => source.driver.escape(part))
      .join('.');
    const names = getMetadataArgsStorage()
      .filterColumns(declaredIn)
      .map(({ propertyName }) => propertyName);
    this.columns = new Map(names.map((name) => [name, metadata.findColumnWithPropertyName(name)!]));
  }

  /** The columns, in the order of the entity. */
  get all(): ColumnMetadata[] {
    return [...this.columns.values()];
  }

  /** A column as SQL names it. */
  name(property: string): string {
    return this.source.driver.escape(this.columns.get(property)!.databaseName);
  }

  /** A value as the driver takes it. */
  toDriver(property: string, value: unknown): DriverValue {
    return this.source.driver.preparePersistentValue(value, this.columns.get(property)!) as DriverValue;
  }

  /** A row as the driver gave it, as an instance of the application's entity. */
  toRow<Row>(given: ObjectLiteral): Row {
    const row = Object.create((this.metadata.target as Function).prototype as object) as ObjectLiteral;
    for (const [property, column] of this.columns) {
      row[property] = this.source.driver.prepareHydratedValue(given[column.databaseName], column) as unknown;
    }
    return row as Row;
  }
}
