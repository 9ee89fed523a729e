import type { CellResult } from '../cell.js';
import { type Figure, type Pace, paceOf } from '../figures.js';
import type { LoginScenario } from '../load/visits.js';
import type { Cell } from '../side.js';

const NAMES = { sqlite: 'SQLite', postgres: 'PostgreSQL', express: 'Express', fastify: 'Fastify' };

/** What each kind of login is called, in the order in which the page has them. */
export const TITLES: Record<LoginScenario, string> = {
  code: 'Password and code in one request',
  prompt: 'Password that is answered with a text message',
  'two-call': 'Password, then the code',
};

/** Where a cell was measured, for people. */
export function placeOf({ database, adapter }: Cell): string {
  return `${NAMES[database]}, ${NAMES[adapter]}`;
}

/** A cell as arguments of the command. */
export function nameOf({ database, adapter, scenario }: Cell): string {
  return `${database} ${adapter} ${scenario}`;
}

export function pacesOf({ rounds }: CellResult): [module: Pace, rival: Pace] {
  return [paceOf(rounds.map(([module]) => module)), paceOf(rounds.map(([, rival]) => rival))];
}

/** A median with its range. */
export function spread({ median, least, most }: Figure, digits = 3): string {
  return `${median.toFixed(digits)} ${least.toFixed(digits)}..${most.toFixed(digits)}`;
}
