import { describe, expect, it } from 'vitest';
import { type Added, addedTo, manifest } from '../support/added-to.js';

const HEAD = "import { TypeOrmModule } from '@nestjs/typeorm';\nimport { DataSource } from 'typeorm';\n";
const LISTED = 'migrations: [...mfaMigrations()]';
const ENTITIES = 'MultiFactorAuth, ...MFA_ENTITIES';

/** Adds the module to an application whose TypeORM is configured by this text. */
function withTypeOrm(code: string): Added & { config: string } {
  const packages = manifest({ '@nestjs/typeorm': '^12.0.2', typeorm: '^1.1.1', pg: '^8.0.0' });
  const added = addedTo({ 'package.json': packages, 'src/database.ts': `${HEAD}${code}\n` });
  expect(added.text('src/app.module.ts')).not.toContain('better-sqlite3');
  return { ...added, config: added.text('src/database.ts').replaceAll(/\s+/g, ' ') };
}

describe('nest add nestjs-mfa, with the data source of an application', () => {
  it.each([
    ['forRoot', "export const db = TypeOrmModule.forRoot({ type: 'postgres', autoLoadEntities: true });"],
    [
      'forRootAsync',
      "export const db = TypeOrmModule.forRootAsync({ useFactory: () => ({ type: 'mysql', autoLoadEntities: true }) });",
    ],
    [
      'a factory',
      "class Options { createTypeOrmOptions() { return { type: 'mariadb' as const, autoLoadEntities: true }; } }",
    ],
    [
      'a type that is not written',
      'export const db = TypeOrmModule.forRoot({ type: driver, autoLoadEntities: true });',
    ],
  ])('lists the migrations: %s', (_, code) => {
    const { config, said, files } = withTypeOrm(code);
    expect(config).toContain(LISTED);
    expect(config).not.toContain('MultiFactorAuth');
    expect(said).toContain('migrations are listed in src/database.ts. Run your migrations before you start');
    expect(files).not.toHaveProperty('src/mfa/migrations.ts');
  });

  it('lists the entities too, where entities are listed', () => {
    const { config } = withTypeOrm(
      "export default new DataSource({ type: 'postgres', entities: [User], migrations: ['dist/migrations/*.js'] });",
    );
    expect(config.replaceAll(/,? ?\]/g, ']')).toContain("[ 'dist/migrations/*.js', ...mfaMigrations()]");
    expect(config.replaceAll(/,? ?\]/g, ']')).toContain(`entities: [ User, ${ENTITIES}]`);
  });

  it('adds both lists to a data source that has none', () => {
    const { config } = withTypeOrm("export default new DataSource({ type: 'better-sqlite3', database: 'a.db' });");
    expect(config).toContain(`${LISTED}, entities: [${ENTITIES}], }`);
  });

  it('adds to the options that others spread, and not to what spreads them', () => {
    const { config } = withTypeOrm(
      "const base = { type: 'postgres', entities: [User] };\nexport const db = TypeOrmModule.forRoot({ ...base, autoLoadEntities: true });",
    );
    expect(config.match(/mfaMigrations\(\)/g)).toHaveLength(1);
    expect(config).toContain('forRoot({ ...base, autoLoadEntities: true })');
  });

  it('adds to the default data source of several', () => {
    const { config } = withTypeOrm(
      "export const dbs = [TypeOrmModule.forRoot({ type: 'postgres', name: 'logs' }), TypeOrmModule.forRoot({ type: 'postgres' })];",
    );
    expect(config).toContain("{ type: 'postgres', name: 'logs' }");
    expect(config.match(/mfaMigrations\(\)/g)).toHaveLength(1);
  });

  it('finds a data source beside the sources, and none of another project', () => {
    const source = `${HEAD}export default new DataSource({ type: 'postgres' });\n`;
    const paths = ['apps/shop/data-source.ts', 'apps/cart/data-source.ts', 'node_modules/x/data-source.ts'];
    const files = Object.fromEntries([...paths, 'apps/shop/src/app.module.ts'].map((path) => [path, source]));
    const root = { 'apps/shop/src/app.module.ts': '@Module({})\nexport class AppModule {}\n' };
    const { changed } = addedTo({ ...files, ...root }, { sourceRoot: 'apps/shop/src' });
    expect(changed.filter((path) => path.endsWith('data-source.ts'))).toEqual(['apps/shop/data-source.ts']);
  });

  it.each([
    ['a function makes the options', 'export const db = TypeOrmModule.forRoot(options());', 'your TypeORM data source'],
    ['a function lists the migrations', "new DataSource({ type: 'postgres', migrations: all() });", 'src/database.ts'],
    ['the options spread others', "new DataSource({ type: 'postgres', ...base });", 'src/database.ts'],
    ['each data source has a name', "TypeOrmModule.forRoot({ type: 'postgres', name: 'logs' });", 'src/database.ts'],
  ])('writes a file, and says where it belongs, if %s', (_, code, place) => {
    const { text, said, config } = withTypeOrm(code);
    expect(text('src/mfa/migrations.ts')).toContain('export const migrations = mfaMigrations();');
    expect(said).toContain('List `migrations` of src/mfa/migrations.ts in the option `migrations`');
    expect(said).toContain(place);
    expect(config).not.toContain('Mfa');
  });
});
