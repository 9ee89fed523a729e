import type ts from 'typescript';
import type { Compiler } from './compiler.js';
import { NamedImports } from './named-imports.js';

interface Edit {
  position: number;
  text: string;
}

/** A source file to add to. The existing text stays as it is. */
export class EditedSource {
  readonly syntax: ts.SourceFile;
  private readonly edits: Edit[] = [];
  private readonly imports: NamedImports;

  constructor(
    readonly compiler: Compiler,
    readonly path: string,
    readonly text: string,
  ) {
    this.syntax = compiler.createSourceFile(path, text, compiler.ScriptTarget.Latest, true);
    this.imports = new NamedImports(compiler, this.syntax);
  }

  /** Adds a text at a position of the original file. */
  insert(position: number, text: string): void {
    this.edits.push({ position, text });
  }

  /** Imports a name, and returns what the file calls it. */
  named(name: string, from: string): string {
    return this.imports.named(name, from);
  }

  /** Returns what the file calls an imported name, or undefined. */
  nameOf(name: string, from: string): string | undefined {
    return this.imports.localName(name, from);
  }

  /** Returns every node of the file. */
  nodes(): ts.Node[] {
    const found: ts.Node[] = [];
    const visit = (node: ts.Node): void => {
      found.push(node);
      this.compiler.forEachChild(node, visit);
    };
    visit(this.syntax);
    return found;
  }

  /** Returns the white space that the line of a position begins with. */
  indentAt(position: number): string {
    const line = this.text.slice(this.text.lastIndexOf('\n', position - 1) + 1);
    return /^[\t ]*/.exec(line)![0];
  }

  /** Returns the text with all additions, with the file's own line endings. */
  toString(): string {
    const edits = [...this.edits, ...this.imports.edits()].toSorted((one, other) => one.position - other.position);
    const lineEnd = this.text.includes('\r\n') ? '\r\n' : '\n';
    let [result, from] = ['', 0];
    for (const { position, text } of edits) {
      result += this.text.slice(from, position) + text.replaceAll('\n', lineEnd);
      from = position;
    }
    return result + this.text.slice(from);
  }
}
