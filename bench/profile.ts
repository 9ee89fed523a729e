import { withSides } from './cell.js';
import { say } from './report/text.js';
import { nameOf } from './report/words.js';
import type { SelfTimes } from './servers/self-times.js';
import type { Cell, Side } from './side.js';

const SECONDS = 8;
const TURN_SECONDS = 0.5;

/** Rows below this share of both competitors are added up as the rest. */
const LEAST_SHARE = 0.005;

/** Milliseconds of a login by what they were spent in. */
type LoginTimes = ReadonlyMap<string, number>;

/** Says where the time of a login goes, for both competitors. */
export async function profileCell(cell: Cell): Promise<void> {
  await withSides(cell, async (module, rival) => {
    const [ours, theirs] = [await profileSide(module), await profileSide(rival)];
    say(`${nameOf(cell)}: self time in ms of a login, without idle time`);
    say(rowOf('', module.competitor, rival.competitor));
    for (const [name, one, other] of tableOf(ours, theirs)) say(rowOf(name, one.toFixed(3), other.toFixed(3)));
  });
}

async function profileSide(side: Side): Promise<LoginTimes> {
  let [logins, left] = [0, SECONDS];
  await side.server.call('startProfile');
  while (left > 0) {
    const tally = await side.work(TURN_SECONDS);
    logins += tally.logins;
    left -= tally.seconds;
  }
  const times: SelfTimes = await side.server.call('stopProfile');
  return new Map(Object.entries(times).map(([name, milliseconds]) => [name, milliseconds / logins]));
}

function tableOf(ours: LoginTimes, theirs: LoginTimes): [string, number, number][] {
  const [all, allOther] = [total(ours), total(theirs)];
  const rows = [...new Set([...ours.keys(), ...theirs.keys()])]
    .map((name): [string, number, number] => [name, ours.get(name) ?? 0, theirs.get(name) ?? 0])
    .toSorted((a, b) => b[1] - a[1]);
  const isLarge = ([, one, other]: [string, number, number]) =>
    one >= all * LEAST_SHARE || other >= allOther * LEAST_SHARE;
  const shown = rows.filter(isLarge);
  const rest = rows.filter((row) => !isLarge(row));
  const sum = (column: 1 | 2) => rest.reduce((so, row) => so + row[column], 0);
  return [...shown, ['the rest', sum(1), sum(2)], ['total', all, allOther]];
}

function total(times: LoginTimes): number {
  return [...times.values()].reduce((sum, time) => sum + time, 0);
}

function rowOf(name: string, one: string, other: string): string {
  return `  ${name.padEnd(44)}${one.padStart(10)}${other.padStart(14)}`;
}
