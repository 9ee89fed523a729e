import {
  type DataSource,
  type EntityMetadata,
  getMetadataArgsStorage,
  type ObjectLiteral,
  type ValueTransformer,
} from 'typeorm';

type ColumnMetadata = EntityMetadata['columns'][number];

/** A value as the database driver takes and gives it. */
export type DriverValue = string | number | boolean | bigint | Buffer | Date | null | undefined;

/** A column, and how its values go in and come out. */
export interface TableColumn {
  property: string;
  /** As SQL names it, unescaped: the name under which the driver gives its value. */
  databaseName: string;
  metadata: ColumnMetadata;
  toDriver: (value: unknown) => DriverValue;
  fromDriver: (value: unknown) => unknown;
}

/**
 * The module's columns of one table. All of it comes from TypeORM's metadata, so that an application's naming strategy, prefix,
 * schema and retyped columns apply.
 */
export class TableColumns {
  /** The table as SQL names it. */
  readonly path: string;
  /** In the order of the entity. */
  readonly all: readonly TableColumn[];
  private readonly byProperty: ReadonlyMap<string, TableColumn>;
  private readonly prototype: object;
  /** A row with each property and no value. */
  private readonly blank: object;

  /** @param declaredIn the class that declares the columns; those that a subclass of the application adds are not read */
  constructor(
    private readonly source: DataSource,
    metadata: EntityMetadata,
    declaredIn: Function,
  ) {
    this.path = metadata.tablePath
      .split('.')
      .map((part) => source.driver.escape(part))
      .join('.');
    this.all = getMetadataArgsStorage()
      .filterColumns(declaredIn)
      .map(({ propertyName }) => columnOf(source, metadata.findColumnWithPropertyName(propertyName)!, declaredIn));
    this.byProperty = new Map(this.all.map((column) => [column.property, column]));
    this.prototype = (metadata.target as Function).prototype as object;
    // An object of so many properties, added one by one, is a hash table to V8, and a copy of one is too. What comes from JSON is not.
    this.blank = JSON.parse(
      JSON.stringify(Object.fromEntries(this.all.map(({ property }) => [property, null]))),
    ) as object;
  }

  /** A column as SQL names it. */
  name(property: string): string {
    return this.source.driver.escape(this.byProperty.get(property)!.databaseName);
  }

  /** A value as the driver takes it. */
  toDriver(property: string, value: unknown): DriverValue {
    return this.byProperty.get(property)!.toDriver(value);
  }

  /** A row as the driver gave it, as an instance of the application's entity. */
  toRow<Row>(given: ObjectLiteral): Row {
    const row = withPrototype<ObjectLiteral>(this.prototype, { ...this.blank });
    for (const { property, databaseName, fromDriver } of this.all) row[property] = fromDriver(given[databaseName]);
    return row as Row;
  }
}

/** Gives a plain object the methods of an entity. */
export function withPrototype<Row extends object>(prototype: object, row: object): Row {
  return Object.setPrototypeOf(row, prototype) as Row;
}

// better-sqlite3's `defaultSafeIntegers` gives every whole number as a bigint.
function asNumber(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function columnOf({ driver }: DataSource, metadata: ColumnMetadata, declaredIn: Function): TableColumn {
  const { propertyName: property, databaseName } = metadata;
  const transformer = metadata.transformer as ValueTransformer | undefined;
  const column = { property, databaseName, metadata };
  // The module's own columns are texts and numbers, which drivers take as they are. One that the application has retyped
  // may be anything.
  if (metadata.target !== declaredIn) {
    return {
      ...column,
      toDriver: (value) => driver.preparePersistentValue(value, metadata) as DriverValue,
      fromDriver: (value) => driver.prepareHydratedValue(value, metadata) as unknown,
    };
  }
  return {
    ...column,
    toDriver: (value) => (transformer ? (transformer.to(value) as DriverValue) : (value as DriverValue)),
    fromDriver: (value) => (transformer ? (transformer.from(value) as unknown) : asNumber(value)),
  };
}
