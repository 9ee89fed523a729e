import type { CellResult } from './cell.js';
import type { Tally } from './side.js';

/** A figure of several rounds. */
export interface Figure {
  median: number;
  least: number;
  most: number;
}

/** What one competitor did in a cell, as medians over its rounds. */
export interface Pace {
  loginsPerSecond: number;
  /** Milliseconds of CPU for each login. */
  nodeCpu: number;
  databaseCpu: number;
}

export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)! };
}

export function paceOf(rounds: readonly Tally[]): Pace {
  const median = (value: (tally: Tally) => number) => figureOf(rounds.map(value)).median;
  return {
    loginsPerSecond: median(({ logins, seconds }) => logins / seconds),
    nodeCpu: median(({ nodeCpu, logins }) => nodeCpu / logins),
    databaseCpu: median(({ databaseCpu, logins }) => databaseCpu / logins),
  };
}

/** The module's CPU for a login over its rival's, round by round. A busy machine changes it less than it changes the rates. */
export function cpuRatioOf({ rounds }: CellResult): Figure {
  const cpuOf = ({ nodeCpu, databaseCpu, logins }: Tally) => (nodeCpu + databaseCpu) / logins;
  return figureOf(rounds.map(([module, rival]) => cpuOf(module) / cpuOf(rival)));
}

/** The module's logins in a second over its rival's, round by round. */
export function ratioOf({ rounds }: CellResult): Figure {
  return figureOf(rounds.map(([module, rival]) => module.logins / module.seconds / (rival.logins / rival.seconds)));
}
