import { measure } from './cell.js';
import type { CellResult } from './cell.js';
import { measureCold } from './cold/cold.js';
import type { LoginScenario } from './load/visits.js';
import { say, sayCell, sayRatios } from './report/text.js';
import { type Selection, selectionOf } from './selection.js';
import type { Cell } from './side.js';

const selection = selectionOf(process.argv.slice(2));
await run(selection);

async function run({ scenarios, ...where }: Selection): Promise<void> {
  const results: CellResult[] = [];
  for (const cell of cellsOf({ scenarios, ...where })) {
    const result = await measure(cell);
    sayCell(result);
    results.push(result);
  }
  const cold = scenarios.includes('cold') ? await measureCold() : undefined;
  say('');
  sayRatios(results, cold);
}

function cellsOf({ databases, adapters, scenarios }: Selection): Cell[] {
  const logins = scenarios.filter((scenario): scenario is LoginScenario => scenario !== 'cold');
  return databases.flatMap((database) =>
    adapters.flatMap((adapter) => logins.map((scenario) => ({ database, adapter, scenario }))),
  );
}
