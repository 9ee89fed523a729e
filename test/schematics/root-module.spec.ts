import { describe, expect, it } from 'vitest';
import { addedTo, APP_MODULE, manifest } from '../support/added-to.js';

const HEAD = "import { Module } from '@nestjs/common';\n";
const importsOf = (text: string): string => /imports: ([^]*?),?\n?\s*(controllers|providers|\}\))/.exec(text)![1]!;
const rootOf = (text: string): string => addedTo({ 'src/app.module.ts': text }).text('src/app.module.ts');

describe('nest add nestjs-mfa, in the root module', () => {
  it('imports the module with its configuration and a database', () => {
    expect(addedTo({}).text('src/app.module.ts')).toMatchInlineSnapshot(`
      "import { Module } from '@nestjs/common';
      import { AppController } from './app.controller.js';
      import { TypeOrmModule } from '@nestjs/typeorm';
      import { mfaMigrations, MfaModule } from 'nestjs-mfa';
      import { ConfigModule, ConfigService } from '@nestjs/config';
      import { AppUserDirectory } from './mfa/user-directory.js';
      import { UserDirectoryModule } from './mfa/user-directory.module.js';

      @Module({
        imports: [
          ConfigModule.forRoot(),
          TypeOrmModule.forRoot({
            type: 'better-sqlite3',
            database: process.env['DATABASE_FILE'] ?? 'app.db',
            enableWAL: true,
            autoLoadEntities: true,
            migrations: [...mfaMigrations()],
            migrationsRun: true,
          }),
          MfaModule.forRootAsync({
            imports: [ConfigModule, UserDirectoryModule],
            users: AppUserDirectory,
            inject: [ConfigService],
            useFactory: (config: ConfigService) => ({ keys: [config.get<string>('MFA_KEY')] }),
          }),
        ],
        controllers: [AppController],
      })
      export class AppModule {}
      "
    `);
  });

  it.each([
    ['CommonJS', APP_MODULE.replace('.controller.js', '.controller'), "'./mfa/user-directory'"],
    ['CommonJS with endings', APP_MODULE, "'./mfa/user-directory.js'"],
  ])('imports files as the module does, in %s', (_, module, specifier) => {
    const added = addedTo({ 'package.json': manifest({}, 'commonjs'), 'src/app.module.ts': module });
    expect(added.text('src/app.module.ts')).toContain(`import { AppUserDirectory } from ${specifier};`);
    expect(added.text('src/mfa/user-directory.module.ts')).toContain(
      `from '${specifier.slice(1, -1).replace('mfa/', '')}'`,
    );
  });

  it.each(['module', 'commonjs'])('imports files as package.json says, if the module imports none: %s', (type) => {
    const files = {
      'package.json': manifest({}, type),
      'src/app.module.ts': `${HEAD}@Module({})\nexport class AppModule {}\n`,
    };
    const ending = type === 'module' ? '.js' : '';
    const data = "import data from './data.json' with { type: 'json' };\n";
    const withData = { ...files, 'src/app.module.ts': `${data}${files['src/app.module.ts']}` };
    expect(addedTo(withData).text('src/app.module.ts')).toContain(`'./mfa/user-directory${ending}'`);
    expect(addedTo(files).text('src/app.module.ts')).toContain(`'./mfa/user-directory${ending}'`);
  });

  // `…` is what was added.
  it.each([
    ['@Module({ providers: [A] })', '@Module({providers:[A],imports:[…],})'],
    ['@Module({})', '@Module({imports:[…],})'],
    ['@Module({ imports: [A, B] })', '@Module({imports:[A,B,…,]})'],
    ['@Module({ imports: [A, B,], })', '@Module({imports:[A,B,…,],})'],
    ['@Module({\n  imports: [\n    A,\n    B // last\n  ],\n})', '@Module({imports:[A,B,//last…,],})'],
    ['@Module({\n  imports: [\n    // none yet\n  ],\n})', '@Module({imports:[//noneyet…,],})'],
    ['@Module({ imports: FEATURES, providers: [A] })', '@Module({imports:[...(FEATURES),…],providers:[A]})'],
    ['@Module({ providers, imports })', '@Module({providers,imports:[...(imports),…]})'],
    ['@Module({ imports: [A].concat(B) })', '@Module({imports:[...([A].concat(B)),…]})'],
    ['@Module({ imports: [...FEATURES] })', '@Module({imports:[...FEATURES,…,]})'],
  ])('keeps what is there: %s', (decorator, result) => {
    const text = rootOf(`${HEAD}${decorator}\nexport class AppModule {}\n`).replaceAll(/\s/g, '');
    const [, metadata] = /(@Module.*)exportclass/.exec(text)!;
    expect(metadata!.replace(/ConfigModule\.forRoot.*MfaModule\.forRootAsync.*?'\)\]\}\),?\}\)(,?)(?=\])/, '…$1')).toBe(
      result.replace('imports:[…]', 'imports:[…,]'),
    );
  });

  it('leaves a comment with what it describes', () => {
    const text = rootOf(
      `${HEAD}@Module({\n  imports: [\n    A, // keeps the books\n  ],\n})\nexport class AppModule {}\n`,
    );
    expect(importsOf(text)).toContain('    A, // keeps the books\n    ConfigModule.forRoot(),\n');
  });

  it('keeps the line ends of Windows', () => {
    expect(rootOf(APP_MODULE.replaceAll('\n', '\r\n')).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('adds to an import that is there, and gives its own name way', () => {
    const own = `${HEAD}import { ConfigModule } from '@nestjs/config';\nimport { MfaModule } from './own-mfa/mfa.module.js';\n`;
    const text = rootOf(`${own}@Module({ imports: [ConfigModule.forRoot(), MfaModule] })\nexport class AppModule {}\n`);
    expect(text).toContain("import { ConfigModule, ConfigService } from '@nestjs/config';");
    expect(text).toContain('MfaModule as NestjsMfaModule');
    expect(text).toContain('NestjsMfaModule.forRootAsync({');
    expect(text.match(/ConfigModule\.forRoot\(\)/g)).toHaveLength(1);
  });

  it('reads .env once, wherever the application does', () => {
    const core = "import { ConfigModule } from '@nestjs/config';\nexport const config = ConfigModule.forRoot();\n";
    expect(addedTo({ 'src/core/config.ts': core }).text('src/app.module.ts')).not.toContain('ConfigModule.forRoot');
  });

  it('does nothing the second time, and says so', () => {
    const again = addedTo(addedTo({}).files);
    expect([again.changed, again.tasks]).toEqual([[], []]);
    expect(again.said).toBe('src/app.module.ts imports nestjs-mfa already. Nothing is changed.');
  });

  it('notices a module that is imported elsewhere, and no comment', () => {
    const forRoot =
      "import { MfaModule as Mfa } from 'nestjs-mfa';\nexport const mfa = Mfa.forRoot({ users, keys });\n";
    expect(addedTo({ 'src/core/mfa.ts': forRoot }).said).toContain('src/core/mfa.ts imports nestjs-mfa already');
    const comment =
      "import { minutes } from 'nestjs-mfa';\n// MfaModule.forRoot({})\nexport const five = minutes(5);\n";
    expect(addedTo({ 'src/core/mfa.ts': comment }).changed).toContain('src/app.module.ts');
  });
});

describe('nest add nestjs-mfa, looking for the root module', () => {
  const shop = APP_MODULE.replace('AppModule', 'ShopModule');

  it('takes the folder of nest-cli.json', () => {
    const added = addedTo({ 'apps/shop/src/app.module.ts': APP_MODULE }, { sourceRoot: 'apps/shop/src' });
    expect(added.text('apps/shop/src/app.module.ts')).toContain('MfaModule');
    expect(added.text('apps/shop/src/mfa/user-directory.ts')).toContain('AppUserDirectory');
    expect(added.text('src/app.module.ts')).toBe(APP_MODULE);
  });

  it('takes what main.ts starts', () => {
    const main = "import { ShopModule } from './shop/shop.module.js';\nawait NestFactory.create<App>(ShopModule);\n";
    const added = addedTo({ 'lib/main.ts': main, 'lib/shop/shop.module.ts': shop }, { sourceRoot: 'lib/' });
    expect(added.text('lib/shop/shop.module.ts')).toContain("from '../mfa/user-directory.js'");
  });

  it('takes the one that is named', () => {
    const added = addedTo({ 'src/shop.module.ts': shop }, { module: './src/shop.module.ts' });
    expect(added.changed).toContain('src/shop.module.ts');
    expect(added.changed).not.toContain('src/app.module.ts');
  });

  it.each([
    [{}, { module: 'src/none.ts' }, 'There is no src/none.ts'],
    [{}, { sourceRoot: 'lib' }, 'There is no lib/app.module.ts'],
    [{ 'src/app.module.ts': 'export class AppModule {}\n' }, {}, 'no class with @Module({ … })'],
    [{ 'src/app.module.ts': `${shop}${shop.replace('ShopModule', 'CartModule')}` }, {}, 'several modules'],
  ])('names the option that helps if there is none', (files, options, complaint) => {
    expect(() => addedTo(files, options)).toThrow(complaint);
    expect(() => addedTo(files, options)).toThrow('e.g. `nest add nestjs-mfa --module src/shop.module.ts`');
  });
});
