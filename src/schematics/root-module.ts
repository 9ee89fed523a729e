import { posix } from 'node:path';
import type ts from 'typescript';
import type { Application } from './application.js';
import type { EditedSource } from './edited-source.js';
import { addElements, addProperties, arrayText, valueOf } from './literals.js';

const AGAIN = 'e.g. `nest add nestjs-mfa --module src/shop.module.ts`';

/** The module that the application starts with. */
export class RootModule {
  private constructor(
    readonly source: EditedSource,
    private readonly metadata: ts.ObjectLiteralExpression,
  ) {}

  /**
   * Finds it in the named file, in `app.module.ts`, or in the module that `main.ts` starts.
   * @throws if it is missing
   */
  static of(application: Application, named?: string): RootModule {
    const path = named === undefined ? pathOf(application) : posix.normalize(named);
    if (!application.exists(path)) throw new Error(`There is no ${path}: name the file of your root module, ${AGAIN}.`);
    const source = application.open(path);
    const found = decorated(source);
    if (found.length === 1) return new RootModule(source, found[0]!);
    throw new Error(
      `${path} has ${found.length === 0 ? 'no class with @Module({ … })' : 'several modules, and none is AppModule'}: name the file of your root module, ${AGAIN}.`,
    );
  }

  /** Adds modules to `imports`. */
  addImports(modules: readonly string[]): void {
    const { source, metadata } = this;
    const imports = valueOf(source, metadata, 'imports');
    if (!imports) return addProperties(source, metadata, [`imports: ${arrayText(modules)}`]);
    if (source.compiler.isArrayLiteralExpression(imports)) return addElements(source, imports, modules);
    // A name or an expression, e.g. `imports: FEATURES`.
    if (source.compiler.isShorthandPropertyAssignment(imports.parent)) source.insert(imports.getStart(), 'imports: ');
    source.insert(imports.getStart(), '[...(');
    const indent = source.indentAt(imports.getStart());
    source.insert(imports.end, `), ${modules.join(', ').replaceAll('\n', `\n${indent}`)}]`);
  }
}

function pathOf(application: Application): string {
  const usual = posix.join(application.sourceRoot, 'app.module.ts');
  return application.exists(usual) ? usual : (started(application) ?? usual);
}

/** The file of the module that `main.ts` gives to `NestFactory.create`. */
function started(application: Application): string | undefined {
  const main = posix.join(application.sourceRoot, 'main.ts');
  if (!application.exists(main)) return undefined;
  const { text } = application.open(main);
  const [, name] = /NestFactory\s*\.\s*create\w*\s*(?:<[^(]*>)?\(\s*(\w+)/.exec(text) ?? [];
  const [, specifier] = new RegExp(`\\{[^}]*\\b${name}\\b[^}]*\\}\\s*from\\s*['"](\\.[^'"]+)['"]`).exec(text) ?? [];
  return specifier && posix.join(application.sourceRoot, `${specifier.replace(/\.[jt]s$/, '')}.ts`);
}

/** The arguments of each class's `@Module()`, or only of `AppModule` if there is one. */
function decorated(source: EditedSource): ts.ObjectLiteralExpression[] {
  const classes = source.nodes().filter((node) => source.compiler.isClassDeclaration(node));
  const found = classes.flatMap((one) => {
    const metadata = metadataOf(source, one);
    return metadata ? [{ name: one.name?.text, metadata }] : [];
  });
  const root = found.filter(({ name }) => name === 'AppModule');
  return (root.length > 0 ? root : found).map(({ metadata }) => metadata);
}

function metadataOf(source: EditedSource, node: ts.ClassDeclaration): ts.ObjectLiteralExpression | undefined {
  const { compiler } = source;
  for (const { expression } of compiler.getDecorators(node) ?? []) {
    if (!compiler.isCallExpression(expression) || expression.expression.getText() !== 'Module') continue;
    const [metadata] = expression.arguments;
    if (metadata && compiler.isObjectLiteralExpression(metadata)) return metadata;
  }
  return undefined;
}
