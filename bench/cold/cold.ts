import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Figure, figureOf } from '../figures.js';

const SCRIPT = fileURLToPath(new URL('./import-module.js', import.meta.url));
const PROCESSES = 15;

/** What one process has measured of the import. */
export interface Import {
  milliseconds: number;
  megabytes: number;
}

/** What importing the package adds to the start of an application. */
export interface ColdResult {
  milliseconds: Figure;
  megabytes: Figure;
}

/** Imports the package in one new process after the other. */
export async function measureCold(): Promise<ColdResult> {
  // The first one only brings the files into the cache of the machine.
  await importOnce();
  const imports: Import[] = [];
  while (imports.length < PROCESSES) imports.push(await importOnce());
  return {
    milliseconds: figureOf(imports.map(({ milliseconds }) => milliseconds)),
    megabytes: figureOf(imports.map(({ megabytes }) => megabytes)),
  };
}

async function importOnce(): Promise<Import> {
  const child = fork(SCRIPT, { execArgv: ['--expose-gc'] });
  const [measured] = (await once(child, 'message')) as [Import];
  await once(child, 'exit');
  return measured;
}
