import type ts from 'typescript';
import type { Compiler } from './compiler.js';

interface Added {
  name: string;
  local: string;
  from: string;
}

/** The imports of a source file, and those to add. */
export class NamedImports {
  private readonly added: Added[] = [];

  constructor(
    private readonly compiler: Compiler,
    private readonly syntax: ts.SourceFile,
  ) {}

  /** Imports a name, unless it is imported already, and returns what the file calls it. */
  named(name: string, from: string): string {
    const known = this.localName(name, from) ?? this.added.find((one) => one.name === name && one.from === from)?.local;
    if (known) return known;
    const local = this.isTaken(name) ? `Nestjs${name}` : name;
    this.added.push({ name, local, from });
    return local;
  }

  /** The edits that add the imports: to the import of the same package, or after the last import. */
  edits(): { position: number; text: string }[] {
    const end = this.declarations().at(-1)?.end ?? 0;
    return [...new Set(this.added.map(({ from }) => from))].map((from) => {
      const names = this.added.filter((one) => one.from === from).map(written);
      const last = this.namedBindings(from)?.elements.at(-1);
      if (last) return { position: last.end, text: `, ${names.join(', ')}` };
      const line = `import { ${names.join(', ')} } from '${from}';`;
      return { position: end, text: end === 0 ? `${line}\n` : `\n${line}` };
    });
  }

  /** Returns what the file calls an imported name, or undefined. */
  localName(name: string, from: string): string | undefined {
    const elements = this.declarations(from).flatMap((one) => [...(this.bindingsOf(one)?.elements ?? [])]);
    return elements.find((one) => !one.isTypeOnly && (one.propertyName ?? one.name).text === name)?.name.text;
  }

  private namedBindings(from: string): ts.NamedImports | undefined {
    return this.declarations(from)
      .map((one) => this.bindingsOf(one))
      .find((bindings) => bindings !== undefined && bindings.elements.length > 0);
  }

  private bindingsOf({ importClause }: ts.ImportDeclaration): ts.NamedImports | undefined {
    const bindings = importClause?.namedBindings;
    // `import type { … }` gives no value.
    if (!bindings || importClause.isTypeOnly || !this.compiler.isNamedImports(bindings)) return undefined;
    return bindings;
  }

  private declarations(from?: string): ts.ImportDeclaration[] {
    const all = this.syntax.statements.filter((one) => this.compiler.isImportDeclaration(one));
    return all.filter(({ moduleSpecifier }) => from === undefined || moduleSpecifier.getText().slice(1, -1) === from);
  }

  // The file may use the name for something else, e.g. its own `MfaModule`.
  private isTaken(name: string): boolean {
    const { compiler, syntax } = this;
    const declares = (node: ts.Node): boolean =>
      (compiler.isIdentifier(node) && node.text === name) || (compiler.forEachChild(node, declares) ?? false);
    return declares(syntax) || this.added.some(({ local }) => local === name);
  }
}

function written({ name, local }: Added): string {
  return name === local ? name : `${name} as ${local}`;
}
