import { posix } from 'node:path';
import type { Compiler } from './compiler.js';
import { EditedSource } from './edited-source.js';
import { type Files, textOf, write } from './host.js';

const PASSED_OVER = /^(node_modules|dist|coverage|\..*)$/;
const SOURCE = /(?<!\.d|[.-]spec|[.-]test)\.ts$/;

/** The sources of the application that gets the module. `writeChanges` writes the changes. */
export class Application {
  private readonly opened = new Map<string, EditedSource>();
  /** The paths of its sources, without tests. */
  readonly paths: readonly string[];

  constructor(
    private readonly files: Files,
    private readonly compiler: Compiler,
    /** E.g. `src`, or `apps/shop/src` in a monorepo. */
    readonly sourceRoot: string,
  ) {
    this.paths = [...below(files, posix.dirname(sourceRoot))];
  }

  /** Opens a source. A second call returns the same one. */
  open(path: string): EditedSource {
    const source = this.opened.get(path) ?? new EditedSource(this.compiler, path, this.files.readText(path));
    this.opened.set(path, source);
    return source;
  }

  /** Opens the sources whose text contains a word. */
  *mentioning(word: string): Generator<EditedSource> {
    for (const path of this.paths) if (this.files.readText(path).includes(word)) yield this.open(path);
  }

  /** Says whether a source of the application, or of the libraries beside it, contains a pattern. */
  anywhere(pattern: RegExp): boolean {
    return [...below(this.files, '.')].some((path) => pattern.test(this.files.readText(path)));
  }

  exists(path: string): boolean {
    return this.files.exists(path);
  }

  /** Writes the sources that were changed. */
  writeChanges(): void {
    for (const [path, source] of this.opened) {
      const text = source.toString();
      if (text !== source.text) write(this.files, path, text);
    }
  }

  /** Returns the path with which a source imports another one: with `.js`, if its other imports have it. */
  specifier(from: EditedSource, to: string): string {
    const path = posix.relative(posix.dirname(from.path), to).replace(/\.ts$/, this.ending(from));
    return path.startsWith('.') ? path : `./${path}`;
  }

  private ending({ text }: EditedSource): string {
    const [shown = this.isModule() ? './a.js' : './a'] = (text.match(/from ['"]\.[^'"]*/g) ?? []).filter(
      (one) => !one.endsWith('.json'),
    );
    return shown.endsWith('.js') ? '.js' : '';
  }

  private isModule(): boolean {
    return (JSON.parse(textOf(this.files, 'package.json') ?? '{}') as { type?: string }).type === 'module';
  }
}

function* below(files: Files, folder: string): Generator<string> {
  const { subdirs, subfiles } = files.getDir(folder);
  for (const name of subfiles) if (SOURCE.test(name)) yield posix.join(folder, name);
  for (const name of subdirs) if (!PASSED_OVER.test(name)) yield* below(files, posix.join(folder, name));
}
