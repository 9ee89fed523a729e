import { measure } from './cell.js';
import type { CellResult } from './cell.js';
import { measureCold } from './cold/cold.js';
import type { LoginScenario } from './load/visits.js';
import { profileCell } from './profile.js';
import { say, sayCell, sayIfBusy, sayRatios } from './report/text.js';
import { writePage } from './report/write.js';
import { type Selection, selectionOf } from './selection.js';
import type { Cell } from './side.js';

// Ctrl+C ends the servers. Their loss ends the run, which then drops its databases.
process.on('SIGINT', () => {});

const selection = selectionOf(process.argv.slice(2));
sayIfBusy();
await (selection.profile ? profile(selection) : run(selection));

async function profile(selected: Selection): Promise<void> {
  for (const cell of cellsOf({ ...selected, scenarios: ['code'] })) await profileCell(cell);
}

async function run(selected: Selection): Promise<void> {
  const results: CellResult[] = [];
  for (const cell of cellsOf(selected)) {
    const result = await measure(cell);
    sayCell(result);
    results.push(result);
  }
  const cold = selected.scenarios.includes('cold') ? await measureCold() : undefined;
  if (selected.write) await writePage(results, cold);
  say('');
  sayRatios(results, cold);
}

function cellsOf({ databases, adapters, scenarios }: Selection): Cell[] {
  const logins = scenarios.filter((scenario): scenario is LoginScenario => scenario !== 'cold');
  return databases.flatMap((database) =>
    adapters.flatMap((adapter) => logins.map((scenario) => ({ database, adapter, scenario }))),
  );
}
