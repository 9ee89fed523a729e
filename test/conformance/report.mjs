// `npm run conformance`: a line for each scenario that differs, and the count. See docs/conformance.md.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

if (process.argv.includes('--write')) process.env.CONFORMANCE_WRITE = '1';
const root = fileURLToPath(new URL('../..', import.meta.url));
if (process.env.CONFORMANCE_FILE) process.env.CONFORMANCE_FILE = resolve(process.env.CONFORMANCE_FILE);

// Vitest itself sets the exit code when a test fails: a scenario differs.
const reporter = {
  onTestRunEnd(modules, unhandled) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const played = tests.map((test) => test.meta().conformance).filter(Boolean);
    const other = tests.filter((test) => test.meta().conformance === undefined);
    const figures = tests.map((test) => test.meta().errorBodies).find(Boolean);
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = [...unhandled, ...suites.flatMap((suite) => suite.errors()), ...other.flatMap(errorsOf)];
    played.forEach(tell);
    for (const { message } of broken) say(`the run is broken: ${message}`);
    if (broken.length > 0 || played.length === 0) process.exitCode = 1;
    const same = played.filter(({ differences }) => differences.length === 0).length;
    if (figures) say(`errorFormat: 'deux': ${figures}`);
    say(`same: ${same}, differ: ${played.length - same}`);
  },
};

function tell({ id, differences }) {
  if (differences.length > 0) say(`DIFFERS: ${id}: ${differences.join('; ')}`);
}

function errorsOf(test) {
  return test.result().errors ?? [];
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

const vitest = await startVitest(
  'test',
  ['test/conformance/conformance.spec.ts', 'test/conformance/error-bodies.spec.ts'],
  {
    root,
    watch: false,
    reporters: [reporter],
  },
);
await vitest.close();
