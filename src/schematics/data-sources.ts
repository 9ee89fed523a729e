import type ts from 'typescript';
import type { Application } from './application.js';
import type { EditedSource } from './edited-source.js';
import { addElements, addProperties, valueOf } from './literals.js';

const PACKAGE = 'nestjs-mfa';
const DRIVERS = /^['"`](postgres|mysql|mariadb|(better-)?sqlite3?|sqljs|cockroachdb|mssql|oracle)['"`]/;

/** Options of a data source, as they are written in a source. */
interface Options {
  source: EditedSource;
  literal: ts.ObjectLiteralExpression;
}

/** Where the data sources of an application are configured. */
export interface DataSources {
  /** The files in which the module's migrations are listed now. */
  listed: string[];
  /** The files whose options the schematic cannot change, e.g. because a function makes them. */
  left: string[];
}

/** Adds the module's migrations to the options of the default data source, and its entities if these are listed. */
export function listMigrations(application: Application): DataSources {
  const found = [...application.mentioning('typeorm')].flatMap((source) => optionsIn(source));
  const unnamed = found.filter(isDefault);
  const listed = unnamed.filter(isOpen);
  for (const options of listed) list(options);
  return { listed: pathsOf(listed), left: pathsOf(found.filter((one) => !listed.includes(one))) };
}

function optionsIn(source: EditedSource): Options[] {
  const literals = source.nodes().filter((node) => source.compiler.isObjectLiteralExpression(node));
  return literals.filter((literal) => isOptions(source, literal)).map((literal) => ({ source, literal }));
}

// Options that spread other options get the migrations from there.
function isOptions(source: EditedSource, literal: ts.ObjectLiteralExpression): boolean {
  const type = valueOf(source, literal, 'type')?.getText();
  if (type !== undefined && DRIVERS.test(type)) return true;
  const { parent } = literal;
  const { compiler } = source;
  if (!compiler.isCallExpression(parent) && !compiler.isNewExpression(parent)) return false;
  return /^(TypeOrmModule\.forRoot|DataSource)$/.test(parent.expression.getText()) && !spreads(source, literal);
}

function isDefault({ source, literal }: Options): boolean {
  const name = valueOf(source, literal, 'name');
  return name === undefined || name.getText().slice(1, -1) === 'default';
}

/** Says whether the lists in these options can be added to. */
function isOpen({ source, literal }: Options): boolean {
  const needed = namesEntities({ source, literal }) ? ['migrations', 'entities'] : ['migrations'];
  return needed.every((name) => {
    const value = valueOf(source, literal, name);
    return value ? source.compiler.isArrayLiteralExpression(value) : !spreads(source, literal);
  });
}

function list({ source, literal }: Options): void {
  const lists = [{ name: 'migrations', elements: [`...${source.named('mfaMigrations', PACKAGE)}()`] }];
  if (namesEntities({ source, literal }))
    lists.push({
      name: 'entities',
      elements: [source.named('MultiFactorAuth', PACKAGE), `...${source.named('MFA_ENTITIES', PACKAGE)}`],
    });
  const missing = lists.filter(({ name, elements }) => {
    const value = valueOf(source, literal, name);
    if (!value || !source.compiler.isArrayLiteralExpression(value)) return true;
    addElements(source, value, elements);
    return false;
  });
  addProperties(
    source,
    literal,
    missing.map(({ name, elements }) => `${name}: [${elements.join(', ')}]`),
  );
}

function namesEntities({ source, literal }: Options): boolean {
  return valueOf(source, literal, 'autoLoadEntities')?.getText() !== 'true';
}

function spreads({ compiler }: EditedSource, literal: ts.ObjectLiteralExpression): boolean {
  return literal.properties.some((property) => compiler.isSpreadAssignment(property));
}

function pathsOf(options: readonly Options[]): string[] {
  return [...new Set(options.map(({ source }) => source.path))];
}
