import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';

/** The TypeScript package of the application. */
export type Compiler = typeof ts;

/**
 * Loads the TypeScript that the application compiles with, or that of its Nest CLI. The package itself has none.
 * @throws if neither is installed
 */
export function loadCompiler(folder = process.cwd()): Compiler {
  const application = join(folder, 'package.json');
  for (const from of [application, resolved('@nestjs/cli/package.json', application), process.argv[1]]) {
    const compiler = from && loaded('typescript', from);
    if (compiler) return compiler;
  }
  throw new Error(
    'TypeScript is missing: run `npm install --save-dev typescript`, and then `nest add nestjs-mfa` again.',
  );
}

function loaded(name: string, from: string): Compiler | undefined {
  const path = resolved(name, from);
  const compiler = path ? (createRequire(from)(path) as Partial<Compiler>) : {};
  // A version without an API cannot read sources.
  return typeof compiler.createSourceFile === 'function' ? (compiler as Compiler) : undefined;
}

function resolved(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}
