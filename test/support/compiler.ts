import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** Files that exist only in a test, by absolute path. */
export type VirtualFiles = ReadonlyMap<string, string>;

/** What applications import, and where it is in `src/`. */
export const ENTRY_POINTS: Record<string, [file: string]> = {
  'nestjs-mfa': ['./src/index.ts'],
  'nestjs-mfa/client': ['./src/client.ts'],
  'nestjs-mfa/testing': ['./src/testing.ts'],
};

/** Files of the disk, parsed once for all programs: that is most of their time. */
const PARSED = new Map<string, ts.SourceFile | undefined>();

/** A program under the repository's own options, in which its entry points are files of `src/`. */
export function programOf(files: readonly string[], virtual: VirtualFiles = new Map()): ts.Program {
  const options = { ...rootOptions(), paths: ENTRY_POINTS };
  const [host, disk] = [ts.createCompilerHost(options), ts.createCompilerHost(options)];
  const folders = new Set([...virtual.keys()].map((path) => dirname(path)));
  host.getSourceFile = (path, how) => {
    const text = virtual.get(resolve(path));
    if (text !== undefined) return ts.createSourceFile(path, text, how);
    if (!PARSED.has(path)) PARSED.set(path, disk.getSourceFile(path, how));
    return PARSED.get(path);
  };
  host.readFile = (path) => virtual.get(resolve(path)) ?? disk.readFile(path);
  host.fileExists = (path) => virtual.has(resolve(path)) || disk.fileExists(path);
  host.directoryExists = (path) => folders.has(resolve(path)) || (disk.directoryExists?.(path) ?? false);
  return ts.createProgram([...files], options, host);
}

/** The exports of a file, each with what it stands for. */
export function exportsOf(program: ts.Program, file: string): { name: string; symbol: ts.Symbol }[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  return checker.getExportsOfModule(module).map((symbol) => ({
    name: symbol.name,
    symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  }));
}

/** What an entry point exports, or what all of them do. */
export function publicNames(entryPoint?: string): ReturnType<typeof exportsOf> {
  const files = entryPoint === undefined ? Object.values(ENTRY_POINTS).flat() : ENTRY_POINTS[entryPoint]!;
  return files.flatMap((file) => exportsOf(publicProgram(), file));
}

/** A program of all entry points. */
export function publicProgram(): ts.Program {
  return (PUBLIC ??= programOf(Object.values(ENTRY_POINTS).flat()));
}

let PUBLIC: ts.Program | undefined;

function rootOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, '.').options;
}
