import ts from 'typescript';
import { programOf } from './compiler.js';
import { type Example, examplesOf, type Page } from './pages.js';

/** What the compiler says of the examples of these pages, each with the line of its page. */
export function complaintsOf(pages: readonly Page[], all: readonly Page[] = pages): string[] {
  const examples = pages.flatMap((page) => examplesOf(page, all));
  const files = examples.map(({ file }) => file);
  const program = programOf(files, new Map(examples.map(({ file, code }) => [file, code])));
  return examples.flatMap((example) => {
    const source = program.getSourceFile(example.file)!;
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => describe(example, diagnostic));
  });
}

function describe({ page, line }: Example, { file, start = 0, messageText }: ts.Diagnostic): string {
  const offset = file?.getLineAndCharacterOfPosition(start).line ?? 0;
  return `${page}:${line + offset + 1} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}
