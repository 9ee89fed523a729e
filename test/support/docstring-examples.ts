import * as nest from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import { ENTRY_POINTS } from './compiler.js';
import type { Page } from './pages.js';
import { readSources, sourceFile } from './source-tree.js';

/** What an `@example` may use without saying where it comes from: what an application injects or has anyway. */
const AT_HAND: Record<string, string> = {
  app: "import('@nestjs/common').INestApplication",
  mfa: "import('nestjs-mfa').MultiFactorAuthService",
  sessions: "import('nestjs-mfa').Sessions",
  login: "import('nestjs-mfa').Login",
  mfaLogin: "import('nestjs-mfa').MfaLogin",
  claims: "import('nestjs-mfa').MfaClaims",
  tokens: '{ for(user: object, claims: object): Promise<object> }',
  body: 'unknown',
  openSession: "import('nestjs-mfa').OpenSession",
  clients: "import('nestjs-mfa').OAuthClients",
  rotation: "import('nestjs-mfa').KeyRotation",
  upkeep: "import('nestjs-mfa').Upkeep",
  delivery: "import('nestjs-mfa').SmsDelivery",
  moment: "import('nestjs-mfa').Moment",
  dataSource: "import('typeorm').DataSource",
  request: '{ ip: string; headers: { authorization: string } }',
  user: "import('./users/user.entity.js').User",
  userId: 'string',
  username: 'string',
  password: 'string',
  code: 'string',
  mfaToken: 'string',
  method: 'string',
  token: 'string',
  sealed: 'string',
  hash: '(password: string) => Promise<string>',
  verify: '(passwordHash: string, password: string) => Promise<boolean>',
  readSecret: '(name: string) => Promise<string>',
  jobs: '{ put(kind: string, payload: string, signal: AbortSignal): Promise<void> }',
  PagerChallenge:
    "new (pagers: object) => import('nestjs-mfa').Challenge<object, string, undefined, { pager: string }>",
  KmsKeys: "import('@nestjs/common').Type<import('nestjs-mfa').KeyProvider>",
  AcmeSmsSender: "new (origin: string) => import('nestjs-mfa').SmsSender",
  askUser: '(type?: string) => Promise<string>',
  creationOptions: "import('nestjs-mfa/testing').PasskeyCreationOptions",
  requestOptions: "import('nestjs-mfa/testing').PasskeyRequestOptions",
  mailer: '{ send(to: string, text: string): Promise<void> }',
  kms: '{ encrypt(plain: Buffer): Promise<Buffer>; decrypt(wrapped: Buffer): Promise<Buffer> }',
};

/** The application of docs/getting-started.md, which the examples are part of. */
const APPLICATION: Record<string, string> = {
  User: './users/user.entity.js',
  UsersModule: './users/users.module.js',
  UsersService: './users/users.service.js',
  AppModule: './app.module.js',
  PayoutController: './payout.controller.js',
};

const PACKAGES: Record<string, string> = {
  Test: '@nestjs/testing',
  IsString: 'class-validator',
  Matches: 'class-validator',
  JwtService: '@nestjs/jwt',
  DocumentBuilder: '@nestjs/swagger',
  SwaggerModule: '@nestjs/swagger',
};

const FENCE = /^\s*\* ```(\w*)$/;

/**
 * The `@example`s of `src/`, as a page for each file: its lines are blank but for the examples, so that a complaint names the
 * right line. What an example uses is imported or declared in its first line.
 */
export function docstringPages(): Page[] {
  return readSources()
    .map(({ path, syntax }) => pageOf(`src/${path}`, syntax.text))
    .filter(({ text }) => text.includes('```'));
}

/** The page of one file. */
export function pageOf(path: string, source: string): Page {
  const uses = `<!-- uses ${posix.relative(posix.dirname(path), 'docs/getting-started.md')} -->`;
  let fenced: string[] | undefined;
  const lines = source.split('\n').map((line) => {
    const fence = FENCE.exec(line);
    if (fence) {
      fenced = fenced ? undefined : [];
      return `\`\`\`${fence[1]}`;
    }
    return fenced ? line.replace(/^\s*\* ?/, '') : '';
  });
  // The first line of a file is an import.
  return { path, text: [uses, ...lines.slice(1)].join('\n').replace(/^```ts\n([\s\S]*?)^```$/gm, withPrelude) };
}

function withPrelude(_: string, code: string): string {
  // Exported, because an example need not use what it gets.
  return `\`\`\`ts\n${preludeOf(code)}${code.replace(/^const /gm, 'export const ')}\`\`\``;
}

function preludeOf(code: string): string {
  return freeNames(code)
    .flatMap((name) => importOf(name) ?? [])
    .map((line) => `${line} `)
    .join('');
}

function importOf(name: string): string | undefined {
  if (PUBLIC.has(name)) return `import ${PUBLIC.get(name)!};`;
  if (NEST.has(name)) return `import { ${name} } from '@nestjs/common';`;
  const from = APPLICATION[name] ?? PACKAGES[name];
  if (from) return `import { ${name} } from '${from}';`;
  return AT_HAND[name] && `declare const ${name}: ${AT_HAND[name]};`;
}

/** The names that an example uses and does not declare. */
function freeNames(code: string): string[] {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true);
  const [used, declared] = [new Set<string>(), new Set<string>()];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isDeclared(node)) declared.add(node.text);
    else if (ts.isIdentifier(node) && isReference(node)) used.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...used].filter((name) => !declared.has(name));
}

function isDeclared(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isClassDeclaration(parent)) &&
    parent.name === node
  );
}

function isReference(node: ts.Identifier): boolean {
  const parent: ts.Node & { name?: ts.Node; propertyName?: ts.Node } = node.parent;
  return ts.isShorthandPropertyAssignment(parent) || (parent.name !== node && parent.propertyName !== node);
}

/** The exported names, each with what an import says after its first word. */
const PUBLIC = new Map(Object.entries(ENTRY_POINTS).flatMap(([specifier, [file]]) => namesOf(specifier, file)));

function namesOf(specifier: string, file: string): (readonly [name: string, imported: string])[] {
  return sourceFile(file, readFileSync(file, 'utf8'))
    .syntax.statements.filter(ts.isExportDeclaration)
    .flatMap(({ isTypeOnly, exportClause }) =>
      (exportClause as ts.NamedExports).elements.map(({ name, isTypeOnly: isType }) => {
        const kind = isTypeOnly || isType ? 'type ' : '';
        return [name.text, `${kind}{ ${name.text} } from '${specifier}'`] as const;
      }),
    );
}

const NEST = new Set(Object.keys(nest).filter((name) => !PUBLIC.has(name)));
