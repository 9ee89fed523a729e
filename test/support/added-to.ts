import { HostTree } from '@angular-devkit/schematics';
import { UnitTestTree } from '@angular-devkit/schematics/testing';
import ts from 'typescript';
import { nestAdd, type NestAddOptions } from '../../src/schematics/nest-add.js';

/** What `nest add nestjs-mfa` has made of an application. */
export interface Added {
  /** The text of a file. */
  text: (path: string) => string;
  /** The files that were made or changed, and are not in `mfa/`. */
  changed: string[];
  /** What it said. */
  said: string;
  tasks: { name: string; options: object }[];
  /** All files, for another run. */
  files: Record<string, string>;
}

export const APP_MODULE = `import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';

@Module({
  imports: [],
  controllers: [AppController],
})
export class AppModule {}
`;

/** The package.json of an application, with these packages. */
export function manifest(dependencies: Record<string, string> = {}, type = 'module'): string {
  return JSON.stringify({ name: 'shop', type, dependencies: { '@nestjs/core': '^12.0.1', ...dependencies } });
}

/** Runs the schematic over the files of a small application, and checks that its sources are still TypeScript. */
export function addedTo(files: Record<string, string | undefined>, options: NestAddOptions = {}): Added {
  const before: Record<string, string | undefined> = {
    'package.json': manifest(),
    'src/app.module.ts': APP_MODULE,
    ...files,
  };
  const tree = new UnitTestTree(new HostTree());
  for (const [path, text] of Object.entries(before)) if (text !== undefined) tree.create(path, text);
  const [said, tasks]: [string[], Added['tasks']] = [[], []];
  const say = (text: string): unknown => said.push(text);
  nestAdd(options)(tree, {
    logger: { info: say, warn: say },
    addTask: (task) => tasks.push(task.toConfiguration()),
  });
  const after = Object.fromEntries(tree.files.map((path) => [path.slice(1), tree.readContent(path)]));
  for (const [path, text] of Object.entries(after))
    if (path.endsWith('.ts') && text !== before[path]) refuseBroken(path, text);
  return {
    text: (path) => after[path] ?? '',
    changed: Object.keys(after).filter((path) => after[path] !== before[path] && !path.includes('/mfa/')),
    said: said.join('\n'),
    tasks,
    files: after,
  };
}

function refuseBroken(path: string, text: string): void {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true, fileName: path });
  if (diagnostics.length === 0) return;
  throw new Error(`${path}: ${ts.flattenDiagnosticMessageText(diagnostics[0]!.messageText, '\n')}\n${text}`);
}
