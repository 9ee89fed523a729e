/** The files of an application: what this schematic uses of a `Tree` of @angular-devkit/schematics, which the Nest CLI brings. */
export interface Files {
  exists(path: string): boolean;
  readText(path: string): string;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
  getDir(path: string): Folder;
}

/** A folder in these files. Its entries are names without a path. */
export interface Folder {
  readonly subdirs: readonly string[];
  readonly subfiles: readonly string[];
}

/** What this schematic uses of a `SchematicContext`. */
export interface Run {
  readonly logger: { info(text: string): void; warn(text: string): void };
  addTask(task: { toConfiguration(): { name: string; options: object } }): unknown;
}

/** A `Rule` that changes the files in place. */
export type Rule = (files: Files, run: Run) => void;

/** Writes a file, whether it exists or not. */
export function write(files: Files, path: string, content: string): void {
  if (files.exists(path)) files.overwrite(path, content);
  else files.create(path, content);
}

/** Returns the text of a file, or undefined if there is none. */
export function textOf(files: Files, path: string): string | undefined {
  return files.exists(path) ? files.readText(path) : undefined;
}
