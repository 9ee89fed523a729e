import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { exportsOf, programOf, publicNames, publicProgram } from '../support/compiler.js';

const checker = publicProgram().getTypeChecker();
const exported = publicNames();

/** Called by Nest, not by people. */
const HOOKS = new Set(['canActivate', 'catch', 'configure', 'onModuleInit', 'onModuleDestroy']);

const isDocumented = (symbol: ts.Symbol) =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() !== '';

function publicMembers(symbol: ts.Symbol): ts.Symbol[] {
  return [...(symbol.members?.values() ?? [])].filter(({ valueDeclaration }) => {
    if (!valueDeclaration || ts.isParameter(valueDeclaration) || ts.isConstructorDeclaration(valueDeclaration))
      return false;
    return !(ts.getCombinedModifierFlags(valueDeclaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected));
  });
}

/** Members without a docstring, as `Class.member`. */
function bare(names: (name: string) => boolean, kinds: (symbol: ts.Symbol) => boolean): string[] {
  return exported
    .filter(({ name }) => names(name))
    .flatMap(({ name, symbol }) =>
      publicMembers(symbol)
        .filter((member) => kinds(member) && !HOOKS.has(member.name) && !isDocumented(member))
        .map((member) => `${name}.${member.name}`),
    );
}

describe('the docstrings of the public face', () => {
  it('says of every exported name what it does for its user', () => {
    expect(exported.filter(({ symbol }) => !isDocumented(symbol)).map(({ name }) => name)).toEqual([]);
  });

  it('says of every method what it does', () => {
    expect(
      bare(
        () => true,
        ({ flags }) => (flags & ts.SymbolFlags.Method) !== 0,
      ),
    ).toEqual([]);
  });

  it('says of every option what it means', () => {
    expect(
      bare(
        (name) => /Options$|Traits$|Changes$|^MfaValues$|^MfaStructure$/.test(name),
        () => true,
      ),
    ).toEqual([]);
  });

  it('would notice a name without a docstring', () => {
    const path = `${process.cwd()}/src/bare.ts`;
    const bareProgram = programOf(
      [path],
      new Map([[path, 'export class Bare {}\n/** Told. */\nexport class Told {}']]),
    );
    const documented = exportsOf(bareProgram, path).map(
      ({ symbol }) => symbol.getDocumentationComment(bareProgram.getTypeChecker()).length > 0,
    );
    expect(documented).toEqual([false, true]);
  });
});
