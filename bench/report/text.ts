import { cpus, loadavg } from 'node:os';
import type { CellResult } from '../cell.js';
import type { ColdResult } from '../cold/cold.js';
import { cpuRatioOf, type Pace, ratioOf } from '../figures.js';
import { CONNECTIONS, type Cell } from '../side.js';
import { nameOf, pacesOf, spread } from './words.js';

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Says so if others use the machine: they take from both sides, and bring ratios nearer to 1. */
export function sayIfBusy(): void {
  const [load = 0] = loadavg();
  const cores = cpus().length;
  if (load > cores / 4) say(`The machine is busy: ${load.toFixed(1)} processes want its ${cores} cores.`);
}

/** The medians of a cell and the ratio of each of its rounds. */
export function sayCell(result: CellResult): void {
  const { cell, rival, rounds } = result;
  say(`${nameOf(cell)}: ${rounds.length} rounds, ${CONNECTIONS} connections`);
  const [module, other] = pacesOf(result);
  say(lineOf('module', module, cell));
  say(lineOf(rival, other, cell));
  const ratios = rounds.map((pair) => ratioOf({ ...result, rounds: [pair] }).median.toFixed(3));
  say(`  module / ${rival}, by round: ${ratios.join(' ')}`);
  say(`  CPU of a login, module / ${rival}: ${spread(cpuRatioOf(result))}`);
}

/** The last lines of a run, for programs to read. */
export function sayRatios(results: readonly CellResult[], cold?: ColdResult): void {
  for (const result of results) say(`ratio ${nameOf(result.cell)} ${spread(ratioOf(result))}`);
  if (!cold) return;
  say(`cold: importing the package adds ${spread(cold.megabytes)} MB`);
  say(`ratio sqlite - cold ${spread(cold.milliseconds)}`);
}

function lineOf(competitor: string, { loginsPerSecond, nodeCpu, databaseCpu }: Pace, { database }: Cell): string {
  const inDatabase = database === 'sqlite' ? 'in node' : `${databaseCpu.toFixed(3)} ms`;
  return [
    `  ${competitor.padEnd(13)}`,
    `${loginsPerSecond.toFixed(1).padStart(7)} logins/s`,
    `CPU of a login: node ${nodeCpu.toFixed(3)} ms, database ${inDatabase}`,
  ].join('  ');
}
