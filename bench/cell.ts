import type { LoginScenario } from './load/visits.js';
import type { Competitor } from './servers/bench-server.js';
import { type Cell, type Side, type Tally, withSide } from './side.js';

const WARM_UP_SECONDS = 3;
const ROUNDS = 7;
const TURNS = 8;
const TURN_SECONDS = 0.3;

const NOTHING: Tally = { logins: 0, seconds: 0, nodeCpu: 0, databaseCpu: 0 };

/** Whom the module is compared with. */
const RIVALS: Record<LoginScenario, Competitor> = {
  code: 'hand-written',
  prompt: 'hand-written',
  'two-call': 'better-auth',
};

/** The rounds of the module and of its rival: those of one index followed each other. */
export interface CellResult {
  cell: Cell;
  rival: Competitor;
  rounds: [module: Tally, rival: Tally][];
}

/** Starts the two competitors of a cell, warms them up and works with them. */
export function withSides<Result>(cell: Cell, work: (module: Side, rival: Side) => Promise<Result>): Promise<Result> {
  return withSide('module', cell, (module) =>
    withSide(RIVALS[cell.scenario], cell, async (rival) => {
      await warmUp([module, rival]);
      return work(module, rival);
    }),
  );
}

async function warmUp(sides: Side[]): Promise<void> {
  for (const side of sides) {
    for (let left = WARM_UP_SECONDS; left > 0; left -= (await side.work(TURN_SECONDS)).seconds);
  }
}

/** Measures the two in rounds. */
export function measure(cell: Cell): Promise<CellResult> {
  return withSides(cell, async (module, rival) => {
    const rounds: CellResult['rounds'] = [];
    while (rounds.length < ROUNDS) rounds.push(await roundOf(module, rival));
    return { cell, rival: rival.competitor, rounds };
  });
}

/** Short turns, so that whatever else the machine does slows both alike. Each is the first as often as the other one. */
async function roundOf(module: Side, rival: Side): Promise<[Tally, Tally]> {
  const tallies = new Map([module, rival].map((side) => [side, NOTHING]));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const side of turn % 2 === 0 ? [module, rival] : [rival, module]) {
      tallies.set(side, sum(tallies.get(side)!, await side.work(TURN_SECONDS)));
    }
  }
  return [tallies.get(module)!, tallies.get(rival)!];
}

function sum(one: Tally, other: Tally): Tally {
  return {
    logins: one.logins + other.logins,
    seconds: one.seconds + other.seconds,
    nodeCpu: one.nodeCpu + other.nodeCpu,
    databaseCpu: one.databaseCpu + other.databaseCpu,
  };
}
