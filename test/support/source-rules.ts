import { posix } from 'node:path';
import ts from 'typescript';
import { importsOf, nodesOf, type SourceFile, sourceImportsOf } from './source-tree.js';

/** Folders of `src/`, from the ground up: each may import those before it. */
export const FOLDERS = [
  'client',
  'core',
  'crypto',
  'users',
  'http',
  'store',
  'limits',
  'messages',
  'session',
  'challenge',
  'verification',
  'step-up',
  'enrolment',
  'account',
  'login',
  'upkeep',
  'testing',
  'schematics',
  'openapi',
] as const;

/** The files that know every folder. */
export const ROOT_FILES = [
  'cli.ts',
  'client.ts',
  'index.ts',
  'mfa.checks.ts',
  'mfa.controllers.ts',
  'mfa.module.ts',
  'mfa.options.ts',
  'mfa.providers.ts',
  'testing.ts',
];

/** The files that applications import. */
const ENTRY_POINTS = ['index.ts', 'client.ts', 'testing.ts'];

/** Folders of tests of the whole, beside those that mirror `src/`. */
export const WHOLE = ['compliance', 'conformance', 'docs', 'module', 'packed', 'packed/jest/src', 'page', 'processes'];

const VAGUE = new Set(['utils', 'util', 'common', 'shared', 'helpers', 'types', 'interfaces']);

/** A rule over the sources: it says, file by file, what breaks it. */
export type Rule = (file: SourceFile) => string[];

/** What breaks a rule, as `file: complaint`. */
export function violations(rule: Rule, files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => rule(file).map((complaint) => `${file.path}: ${complaint}`));
}

export const standsInAFolderOfTheList: Rule = ({ path }) => {
  const known = path.includes('/') ? FOLDERS.some((folder) => folder === folderOf(path)) : ROOT_FILES.includes(path);
  return known ? [] : ['is in no folder of the list'];
};

/** Tests lie in `test/`, in the folder of the same name. */
export const isNoTest: Rule = ({ path }) => (path.endsWith('.spec.ts') ? ['is a test'] : []);

export const importsOnlyFromAbove: Rule = (file) => {
  if (ROOT_FILES.includes(file.path)) return [];
  return sourceImportsOf(file).filter((path) => levelOf(path) > levelOf(file.path));
};

export const importsNoOtherChallenge: Rule = (file) => {
  const own = challengeOf(file.path);
  if (!own) return [];
  return sourceImportsOf(file).filter((path) => (challengeOf(path) ?? own) !== own);
};

export const leavesTheRootAlone: Rule = (file) => {
  const open = ROOT_FILES.includes(file.path) ? ENTRY_POINTS : ROOT_FILES;
  return sourceImportsOf(file).filter((path) => open.includes(path));
};

export const hasNoVagueFolder: Rule = ({ path }) =>
  posix
    .dirname(path)
    .split('/')
    .filter((name) => VAGUE.has(name));

export const isNoBarrel: Rule = ({ path, syntax }) => {
  const onlyReexports = syntax.statements.every((node) => ts.isExportDeclaration(node) && node.moduleSpecifier);
  return onlyReexports && !ENTRY_POINTS.includes(path) ? ['only re-exports'] : [];
};

/** TypeScript keeps a re-export of types alone as an import without names, and other compilers do not. */
export const reexportsTypesAsSuch: Rule = ({ syntax }) =>
  syntax.statements
    .filter(ts.isExportDeclaration)
    .filter(({ moduleSpecifier, isTypeOnly }) => moduleSpecifier && !isTypeOnly)
    .filter(
      ({ exportClause: names }) => names && ts.isNamedExports(names) && names.elements.every((name) => name.isTypeOnly),
    )
    .map((node) => node.getText(syntax));

export const endsImportsInJs: Rule = (file) =>
  importsOf(file).filter((specifier) => specifier.startsWith('.') && !specifier.endsWith('.js'));

/** A pipe of the application sees what other decorators inject, and takes it for input. */
export const injectsOnlyRequestAndResponse: Rule = (file) => {
  if (!file.path.endsWith('.controller.ts')) return [];
  return nodesOf(file)
    .filter(ts.isMethodDeclaration)
    .flatMap(({ parameters }) => parameters.flatMap((parameter) => ts.getDecorators(parameter) ?? []))
    .map((decorator) => decorator.getText())
    .filter((text) => text !== '@Req()' && text !== '@Res()');
};

/** Each of these names only in one file. */
export function namesOnlyIn(door: string, names: readonly string[]): Rule {
  return (file) => {
    if (file.path === door) return [];
    return nodesOf(file).flatMap((node) => (ts.isIdentifier(node) && names.includes(node.text) ? [node.text] : []));
  };
}

/** A member such as `Math.random`, only in one file. */
export function memberOnlyIn(door: string, object: string, member: string): Rule {
  return (file) => {
    if (file.path === door) return [];
    return nodesOf(file)
      .filter(ts.isPropertyAccessExpression)
      .map((node) => node.getText())
      .filter((text) => text === `${object}.${member}`);
  };
}

export const readsTheTimeOnlyFromTheClock: Rule = (file) => {
  if (file.path === 'core/clock.ts') return [];
  return nodesOf(file)
    .filter((node) => ts.isNewExpression(node) || ts.isCallExpression(node))
    .filter(({ expression, arguments: given = [] }) => {
      const name = expression.getText();
      return (name === 'Date' && given.length === 0) || name === 'Date.now' || name === 'performance.now';
    })
    .map((node) => node.getText());
};

/** No call of a method with this name. */
export function neverCalls(method: string): Rule {
  return (file) =>
    nodesOf(file)
      .filter(ts.isCallExpression)
      .filter(({ expression }) => ts.isPropertyAccessExpression(expression) && expression.name.text === method)
      .map((node) => node.getText());
}

/** No import of these packages. */
export function importsNothingOf(packages: RegExp): Rule {
  return (file) => importsOf(file).filter((specifier) => packages.test(specifier));
}

/** Packages that only some applications have are loaded when they are used, if at all. */
export function neverLoadsAtStart(name: string): Rule {
  return ({ syntax }) =>
    syntax.statements.filter(ts.isImportDeclaration).flatMap(({ importClause, moduleSpecifier }) => {
      const typeOnly = importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      return ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text === name && !typeOnly ? [name] : [];
    });
}

function folderOf(path: string): string {
  return path.split('/')[0]!;
}

function levelOf(path: string): number {
  return (FOLDERS as readonly string[]).indexOf(folderOf(path));
}

/** The challenge whose folder a file is in, e.g. `sms`. */
function challengeOf(path: string): string | undefined {
  return /^challenge\/([^/]+)\//.exec(path)?.[1];
}
