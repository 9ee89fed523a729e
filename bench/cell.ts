import type { LoginScenario } from './load/visits.js';
import type { Competitor } from './servers/bench-server.js';
import { type Cell, type Round, Side } from './side.js';

const WARM_UP_SECONDS = 3;
const ROUND_SECONDS = 2.5;
const ROUNDS = 7;

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
  rounds: [module: Round, rival: Round][];
}

/** Starts the two sides of a cell, works with them, and ends them whatever happens. */
export async function withSides<Result>(
  cell: Cell,
  work: (module: Side, rival: Side) => Promise<Result>,
): Promise<Result> {
  const module = await Side.start('module', cell);
  try {
    const rival = await Side.start(RIVALS[cell.scenario], cell);
    try {
      for (const side of [module, rival]) await side.round(WARM_UP_SECONDS);
      return await work(module, rival);
    } finally {
      await rival.close();
    }
  } finally {
    await module.close();
  }
}

/** Measures the two in turns, so that whatever else the machine does slows both alike. */
export function measure(cell: Cell): Promise<CellResult> {
  return withSides(cell, async (module, rival) => {
    const rounds: CellResult['rounds'] = [];
    for (let turn = 0; turn < ROUNDS; turn++) {
      // Each is the first of a turn as often as the other one.
      const [first, second] = turn % 2 === 0 ? [module, rival] : [rival, module];
      const one = await first.round(ROUND_SECONDS);
      const other = await second.round(ROUND_SECONDS);
      rounds.push(first === module ? [one, other] : [other, one]);
    }
    return { cell, rival: rival.competitor, rounds };
  });
}
