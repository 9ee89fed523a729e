// Runs suites of behaviour over the package as it is released, in an application of its own for each version of Nest:
// `npm run packed`, or `npm run packed -- 11`, or `npm run packed -- add` for `nest add` only. With `--results folder` it leaves
// vitest's JSON there, as packed-<version>.json. With `--built` it packs what was built before.
//
// The repository's tests run the TypeScript sources through vitest. Users get the output of tsc, in an application that their own
// compiler compiles, possibly on Nest 11.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** Suites that import only the public API. */
const SUITES = [
  'test/module/guest.spec.ts',
  'test/http/own-routes.spec.ts',
  'test/login/own-login.spec.ts',
  'test/store/own-entity.spec.ts',
  'test/challenge/custom-challenge.spec.ts',
  'test/module/two-applications.spec.ts',
  'test/session/sessions.spec.ts',
  'test/module/adoption.spec.ts',
  'test/module/misconfiguration.spec.ts',
  'test/login/passport.spec.ts',
  'test/http/other-transports.spec.ts',
  'test/http/filters-and-pipes.spec.ts',
  'test/module/two-modules.spec.ts',
  'test/module/module.spec.ts',
  'test/enrolment/management.spec.ts',
  'test/login/oauth2/token-endpoint.spec.ts',
  'test/compliance/rfc6749.spec.ts',
  'test/compliance/rfc9470.spec.ts',
  'test/packed/commonjs.spec.ts',
  'test/testing/unit-tests.spec.ts',
  'test/testing/login-with-mfa.spec.ts',
];

const SET_UP = 'test/support/reflect-metadata.ts';

/** What applications import, by its file in `src/`. */
const ENTRY_POINTS = { index: 'nestjs-mfa', testing: 'nestjs-mfa/testing', client: 'nestjs-mfa/client' };

/** Nest's packages whose version is not Nest's own. */
const OLDER = {
  11: { '@nestjs/graphql': '^13', '@nestjs/apollo': '^13', '@nestjs/event-emitter': '^3', '@nestjs/throttler': '^6' },
};

const VERSIONS = ['11', '12', 'add'];

/** The version whose `nest new` sets up Jest, and what it installs. */
const [JEST_VERSION, JEST] = ['11', { jest: '^30', 'ts-jest': '^29', '@types/jest': '^30', typescript: '^5.7' }];

const VITEST = `export default {
  test: {
    include: ['test/**/*.spec.js'],
    setupFiles: ['${SET_UP.replace(/ts$/, 'js')}'],
    maxWorkers: '100%',
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
};
`;

const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: { results: { type: 'string' }, built: { type: 'boolean', default: false } },
});
const work = mkdtempSync(join(tmpdir(), 'mfa-packed-'));
try {
  const archive = pack();
  // The types resolve for every kind of TypeScript project.
  run(join(ROOT, 'node_modules/.bin/attw'), [archive], ROOT);
  const versions = positionals.length > 0 ? positionals : VERSIONS;
  const failed = versions.filter((nest) => (nest === 'add' ? !passesNestAdd(archive) : !passes(nest, archive)));
  process.exitCode = failed.length > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function pack() {
  // `--ignore-scripts`: it is built, and `prepack` would build it again.
  if (!values.built) run('npm', ['run', '--silent', 'build'], ROOT);
  const { stdout } = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], ROOT, 'pipe');
  return join(work, JSON.parse(stdout)[0].filename);
}

function passes(nest, archive) {
  const app = join(work, `nest-${nest}`);
  mkdirSync(app);
  for (const file of withImports([SET_UP, ...SUITES])) copyIntoApplication(file, app);
  writeFileSync(join(app, 'package.json'), JSON.stringify(manifest(nest, archive), null, 2));
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(compilerOptions(), null, 2));
  writeFileSync(join(app, 'vitest.config.mjs'), VITEST);
  install(app);
  run(join(app, 'node_modules/.bin/tsc'), ['-p', '.'], app);
  const results = join(resolve(values.results ?? app), `packed-${nest}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  process.stdout.write(`\nNest ${installed(app, nest)}\n`);
  const passed = run(join(app, 'node_modules/.bin/vitest'), ['run', ...reporters], app, 'inherit', false).status === 0;
  return (nest !== JEST_VERSION || passesJest(app)) && passed;
}

/** Runs a test of an application as `nest new` makes it: its own tsconfig.json and Jest, in CommonJS. */
function passesJest(app) {
  const folder = join(app, 'jest');
  cpSync(join(ROOT, 'test/packed/jest'), folder, { recursive: true });
  const results = join(resolve(values.results ?? app), 'packed-jest.json');
  return (
    run(join(app, 'node_modules/.bin/jest'), ['--json', `--outputFile=${results}`], folder, 'ignore', false).status ===
    0
  );
}

/** Runs `nest add nestjs-mfa` in an application that the Nest CLI of this repository makes. */
function passesNestAdd(archive) {
  const results = join(resolve(values.results ?? work), 'packed-nest-add.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const args = ['run', '--config', 'test/packed/vitest.config.ts', ...reporters];
  process.stdout.write('\nnest add\n');
  process.env.MFA_ARCHIVE = archive;
  return run(join(ROOT, 'node_modules/.bin/vitest'), args, ROOT, 'inherit', false).status === 0;
}

/** The files, and those that they import in turn. */
function withImports(files) {
  const all = new Set(files);
  for (const file of all) {
    for (const [, specifier] of textOf(file).matchAll(/from '(\.[^']+)\.js'/g)) {
      const path = relative(ROOT, resolve(ROOT, dirname(file), `${specifier}.ts`));
      if (Object.keys(ENTRY_POINTS).some((entry) => path === `src/${entry}.ts`)) continue;
      if (!path.startsWith('test/')) throw new Error(`${file} imports ${path}, which no application can`);
      all.add(path);
    }
  }
  return all;
}

function copyIntoApplication(file, app) {
  mkdirSync(dirname(join(app, file)), { recursive: true });
  const packaged = textOf(file).replace(/'(?:\.\.\/)+src\/(\w+)\.js'/g, (_, entry) => `'${ENTRY_POINTS[entry]}'`);
  writeFileSync(join(app, file), packaged);
}

/** The application's dependencies: the archive, this Nest, and all else as this repository has it. */
function manifest(nest, archive) {
  const { devDependencies } = JSON.parse(textOf('package.json'));
  const unused = [
    'typeorm-0.3',
    '@angular-devkit/schematics',
    '@arethetypeswrong/cli',
    '@auth0/auth0-auth-js',
    '@badgateway/oauth2-client',
    '@oxc-project/runtime',
    'better-auth',
    'fast-check',
    'mailparser',
    'oauth4webapi',
    'robinhood',
    'rolldown',
    'simple-oauth2',
    'smtp-server',
    '@nestjs/cli',
    'oxlint',
    'oxlint-tsgolint',
    'prettier',
    'twilio',
    '@vitest/coverage-v8',
    // It wants TypeScript 5, which the repository overrides.
    'openapi-typescript',
    'openapi-fetch',
    '@hey-api/openapi-ts',
    'playwright-core',
    'axe-core',
    'ajv-formats',
  ];
  const rangeOf = (name, range) =>
    nest === '12' || !name.startsWith('@nestjs/') ? range : (OLDER[nest]?.[name] ?? `^${nest}`);
  const dependencies = Object.entries(devDependencies)
    .filter(([name]) => !unused.includes(name))
    .map(([name, range]) => [name, rangeOf(name, range)]);
  return {
    type: 'module',
    private: true,
    dependencies: {
      ...Object.fromEntries(dependencies),
      ...(nest === JEST_VERSION && JEST),
      'nestjs-mfa': `file:${archive}`,
    },
  };
}

function compilerOptions() {
  const { compilerOptions: own } = JSON.parse(textOf('tsconfig.json'));
  return {
    compilerOptions: { ...own, paths: {}, noEmit: false, rootDir: '.' },
    include: ['test'],
  };
}

// Without install scripts: the one that matters compiles better-sqlite3, which takes longer than all the rest.
function install(app) {
  run('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-package-lock', '--silent'], app);
  const built = 'node_modules/better-sqlite3/build';
  cpSync(join(ROOT, built), join(app, built), { recursive: true });
}

function installed(app, nest) {
  const { version } = JSON.parse(readFileSync(join(app, 'node_modules/@nestjs/core/package.json'), 'utf8'));
  if (!version.startsWith(`${nest}.`)) throw new Error(`Nest ${version} was installed in place of ${nest}`);
  return version;
}

function textOf(file) {
  return readFileSync(join(ROOT, file), 'utf8');
}

function run(command, args, cwd, stdout = 'inherit', mustPass = true) {
  const result = spawnSync(command, args, { cwd, stdio: ['ignore', stdout, 'inherit'], encoding: 'utf8' });
  if (mustPass && result.status !== 0) throw new Error(`${command} ${args.join(' ')} failed in ${cwd}`);
  return result;
}
