import { posix } from 'node:path';
import { Application } from './application.js';
import { loadCompiler } from './compiler.js';
import { prepareDatabase } from './database.js';
import { addKey, ignore } from './env-files.js';
import { USER_DIRECTORY, userDirectoryModule } from './generated.js';
import { type Files, type Rule, type Run, write } from './host.js';
import { Packages } from './packages.js';
import { RootModule } from './root-module.js';

/** The options of `nest add`, which `schema.json` describes. */
export interface NestAddOptions {
  sourceRoot?: string;
  module?: string;
  skipInstall?: boolean;
}

/** The packages that the generated code imports in every application. */
const PACKAGES = ['class-validator', '@nestjs/config', '@node-rs/argon2'];

/** The task of @angular-devkit/schematics that installs what `package.json` lists. SQLite's driver needs its install script. */
const INSTALL = {
  toConfiguration: () => ({
    name: 'node-package',
    options: { command: 'install', quiet: true, hideOutput: true, workingDirectory: '', allowScripts: true },
  }),
};

/** The schematic behind `nest add nestjs-mfa`. It needs only the Nest CLI and the application's TypeScript. */
export function nestAdd(options: NestAddOptions): Rule {
  return (files, run) => {
    const packages = new Packages(files);
    const application = new Application(files, loadCompiler(), sourceRootOf(options));
    const present = importedIn(application);
    if (present) return run.logger.info(`${present} imports nestjs-mfa already. Nothing is changed.`);
    const root = RootModule.of(application, options.module);
    const directory = posix.join(application.sourceRoot, 'mfa/user-directory.ts');
    const database = prepareDatabase(application, root.source);
    root.addImports([...configModule(application, root), ...database.modules, mfaModule(application, root, directory)]);
    application.writeChanges();
    writeMissing(files, { ...directoryFiles(application, root, directory), ...database.files });
    addKey(files);
    if (database.modules.length > 0) ignore(files, 'app.db*', /^\/?(app\.db\*|\*\.db\*?)$/);
    const added = packages.add([...PACKAGES, ...database.packages]);
    if (added.length > 0 && !options.skipInstall) run.addTask(INSTALL);
    tell(run, root.source.path, [
      `Complete ${directory}. Until then, every login is refused.`,
      ...database.notes,
      ...(added.length > 0 && options.skipInstall ? [`Install ${added.join(', ')}: package.json lists them.`] : []),
    ]);
  };
}

function sourceRootOf({ sourceRoot }: NestAddOptions): string {
  // `nest add` writes `undefined` if nest-cli.json names no folder.
  return sourceRoot && sourceRoot !== 'undefined' ? posix.normalize(sourceRoot).replace(/\/$/, '') : 'src';
}

function importedIn(application: Application): string | undefined {
  for (const source of application.mentioning('nestjs-mfa')) {
    const name = source.nameOf('MfaModule', 'nestjs-mfa');
    const calls = source.nodes().filter((node) => source.compiler.isPropertyAccessExpression(node));
    if (name && calls.some((call) => call.expression.getText() === name && call.name.text.startsWith('forRoot')))
      return source.path;
  }
  return undefined;
}

/** The module that reads `.env`, unless the application imports it somewhere. */
function configModule(application: Application, { source }: RootModule): string[] {
  if (application.anywhere(/\bConfigModule\s*\.\s*forRoot\b/)) return [];
  return [`${source.named('ConfigModule', '@nestjs/config')}.forRoot()`];
}

function mfaModule(application: Application, { source }: RootModule, directory: string): string {
  const config = source.named('ConfigModule', '@nestjs/config');
  const service = source.named('ConfigService', '@nestjs/config');
  const users = source.named('AppUserDirectory', application.specifier(source, directory));
  const usersModule = source.named('UserDirectoryModule', application.specifier(source, moduleOf(directory)));
  return `${source.named('MfaModule', 'nestjs-mfa')}.forRootAsync({
  imports: [${config}, ${usersModule}],
  users: ${users},
  inject: [${service}],
  useFactory: (config: ${service}) => ({ keys: [config.get<string>('MFA_KEY')] }),
})`;
}

function directoryFiles(application: Application, { source }: RootModule, directory: string): Record<string, string> {
  const ending = posix.extname(application.specifier(source, directory));
  const specifier = `./user-directory${ending}`;
  return { [directory]: USER_DIRECTORY, [moduleOf(directory)]: userDirectoryModule(specifier) };
}

function moduleOf(directory: string): string {
  return directory.replace(/\.ts$/, '.module.ts');
}

// Keeps an existing file, e.g. from an earlier `nest add`: a developer may have changed it.
function writeMissing(files: Files, texts: Record<string, string>): void {
  for (const [path, text] of Object.entries(texts)) if (!files.exists(path)) write(files, path, text);
}

function tell({ logger }: Run, path: string, steps: readonly string[]): void {
  logger.info(
    [`${path} imports nestjs-mfa now. What is left for you:`, ...steps.map((step) => `  - ${step}`)].join('\n'),
  );
}
