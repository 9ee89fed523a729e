import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as rules from './support/source-rules.js';
import { readSources, sourceFile } from './support/source-tree.js';

const SOURCES = readSources();

/** Each rule holds for the files, and complains of a file that breaks it. */
function rule(name: string, check: rules.Rule, broken: Record<string, string>, files = SOURCES): void {
  // oxlint-disable-next-line vitest/valid-title -- it is a text wherever a rule is named
  it(name, () => {
    for (const [path, text] of Object.entries(broken)) {
      expect(rules.violations(check, [sourceFile(path, text)]), `the rule misses ${path}`).not.toEqual([]);
    }
    expect(rules.violations(check, files)).toEqual([]);
  });
}

describe('the layout of src/', () => {
  it('is read whole', () => {
    expect(SOURCES.length).toBeGreaterThan(60);
    expect(rules.FOLDERS.filter((folder) => !SOURCES.some(({ path }) => path.startsWith(`${folder}/`)))).toEqual([]);
  });

  it('is the list in docs/architecture.md', () => {
    const page = readFileSync('docs/architecture.md', 'utf8');
    expect([...page.matchAll(/^\| `([a-z-]+)\/` /gm)].map(([, folder]) => folder)).toEqual([...rules.FOLDERS]);
    expect(rules.ROOT_FILES.filter((file) => !page.includes(`\`${file}\``))).toEqual([]);
  });

  rule('has no file outside the folders of the list and the composition root', rules.standsInAFolderOfTheList, {
    'totp/seed.ts': '',
    'helpers.ts': '',
  });

  rule('holds no test', rules.isNoTest, { 'core/clock.spec.ts': '' });

  rule('lets a folder import only from folders above it', rules.importsOnlyFromAbove, {
    'core/clock.ts': "import { Sessions } from '../session/sessions.js';",
    'session/a.ts': "import type { Login } from '../login/login.js';",
    'challenge/sms/b.ts': "export const load = () => import('../../verification/verifier.js');",
    'store/c.ts': "export type D = import('../session/sessions.js').Sessions;",
    'enrolment/e.ts': "export { Login } from '../login/login.js';",
  });

  rule("keeps a challenge's folder from another challenge's", rules.importsNoOtherChallenge, {
    'challenge/sms/a.ts': "import { BACKUP } from '../recovery/backup-codes.js';",
  });

  rule('lets nobody import the public face, and only the root itself import the root', rules.leavesTheRootAlone, {
    'login/a.ts': "import { MfaModule } from '../mfa.module.js';",
    'challenge/sms/b.ts': "import type { SmsOptions } from '../../mfa.options.js';",
    'mfa.providers.ts': "import { Clock } from './index.js';",
  });

  rule('has no folder for odds and ends', rules.hasNoVagueFolder, {
    'login/utils/a.ts': '',
    'common/b.ts': '',
    'core/types/c.ts': '',
    'interfaces/d.ts': '',
  });

  rule('has no barrel but what applications import', rules.isNoBarrel, {
    'session/all.ts': "export * from './sessions.js';\nexport { SessionGuard } from './session.guard.js';",
  });

  rule('re-exports types with `export type`, which no compiler turns into a load', rules.reexportsTypesAsSuch, {
    'core/a.ts': "export { type Twilio } from 'twilio';",
  });

  rule('imports files with their .js ending', rules.endsImportsInJs, {
    'core/a.ts': "import { Clock } from './clock';",
    'core/b.ts': "import { Clock } from './clock.ts';",
  });

  rule('loads twilio only when a message is sent', rules.neverLoadsAtStart('twilio'), {
    'challenge/sms/a.ts': "import twilio from 'twilio';",
  });

  rule('loads nodemailer only when a mail is sent', rules.neverLoadsAtStart('nodemailer'), {
    'challenge/email/a.ts': "import { createTransport } from 'nodemailer';",
  });
});

describe('the layout of test/', () => {
  it('mirrors src/, beside the folders of tests of the whole', () => {
    const specs = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.spec.ts'),
    );
    const folders = [...new Set(specs.map((path) => posix.dirname(path.split(sep).join(posix.sep))))];
    expect(folders.length).toBeGreaterThan(rules.FOLDERS.length);
    expect(folders.filter((folder) => !existsSync(`src/${folder}`) && !rules.WHOLE.includes(folder))).toEqual([]);
  });

  rule(
    'takes no time on a clock, which a busy machine would change, but for what waits for a limit',
    rules.memberOnlyIn('processes/outages.spec.ts', 'performance', 'now'),
    { 'http/a.spec.ts': 'const began = performance.now();' },
    readSources('test'),
  );
});

describe('the login of src/', () => {
  rule('[H-01] imports nothing of passport', rules.importsNothingOf(/passport/), {
    'login/a.ts': "import { AuthGuard } from '@nestjs/passport';",
    'login/b.ts': "import passport from 'passport';",
  });
});

describe('the routes of src/', () => {
  rule('[H-05] inject nothing that a pipe of the application sees', rules.injectsOnlyRequestAndResponse, {
    'session/a.controller.ts': 'class A { get(@CurrentSession() session: MfaSession) {} }',
    'session/b.controller.ts': 'class B { get(@Req() request: object, @Body() body: object) {} }',
  });
});

describe('the doors of src/', () => {
  const randomness = ['randomBytes', 'randomInt', 'randomUUID', 'randomFill', 'randomFillSync', 'getRandomValues'];

  rule('draws randomness only in crypto/randomness.ts', rules.namesOnlyIn('crypto/randomness.ts', randomness), {
    'core/a.ts': "import { randomBytes } from 'node:crypto';",
    'core/b.ts': 'export const code = crypto.randomInt(10);',
    'core/c.ts': "import { randomUUID as id } from 'node:crypto';",
  });

  rule('never uses Math.random', rules.memberOnlyIn('crypto/randomness.ts', 'Math', 'random'), {
    'core/a.ts': 'export const code = Math.random();',
    'core/b.ts': 'export const { random } = { random: Math.random };',
  });

  rule('reads the time only in core/clock.ts', rules.readsTheTimeOnlyFromTheClock, {
    'core/a.ts': 'export const now = new Date();',
    'core/b.ts': 'export const now = new Date;',
    'core/c.ts': 'export const now = Date.now();',
    'core/d.ts': 'export const now = Date();',
  });

  rule(
    'seals and opens only in crypto/aead.ts',
    rules.namesOnlyIn('crypto/aead.ts', ['createCipheriv', 'createDecipheriv']),
    { 'store/a.ts': "import { createCipheriv } from 'node:crypto';" },
  );

  const repositories = [
    'createQueryRunner',
    'getRepository',
    'InjectRepository',
    'InjectDataSource',
    'InjectEntityManager',
  ];

  rule(
    '[H-03] reaches a table only through store/statements.ts',
    rules.namesOnlyIn('store/statements.ts', repositories),
    {
      'session/a.ts': 'export const find = (source) => source.getRepository(MfaSession).find();',
      'store/b.ts': 'class B { constructor(@InjectRepository(MfaSession) rows) {} }',
    },
  );

  rule('never saves an entity: two requests would overwrite each other', rules.neverCalls('save'), {
    'store/a.ts': 'export const keep = (rows) => rows.save({});',
  });

  rule("opens no transaction: on SQLite it would hold other requests' writes", rules.neverCalls('transaction'), {
    'store/a.ts': 'export const keep = (source) => source.transaction(async () => {});',
  });

  rule('never writes to the console', rules.namesOnlyIn('', ['console']), {
    'core/a.ts': "console.log('code');",
  });
});
