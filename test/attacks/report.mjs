// Runs the attacks, and those over the packed archive besides, and says of each id whether it holds: `npm run attacks`. With a
// folder of results that vitest's JSON reporter wrote, `npm run attacks -- folder`, it tells of those runs instead.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The archive, under each version of Nest. A run that is missing is one that has failed. */
const PACKED = ['packed-11.json', 'packed-12.json'];

const ID = /\[([A-Z]-?\d+)\]/g;

/** Where attacks are tried: through HTTP, in the words of the RFCs, against the store on each database, and over several processes. */
const PLACES = ['test/attacks', 'test/compliance', 'test/store', 'test/databases.spec.ts', 'test/processes'];

const ROOT = join(import.meta.dirname, '..', '..');

/** The files of tests that were run, over the sources and over the archive. */
function results(given) {
  if (given) return resultsIn(given);
  const folder = mkdtempSync(join(tmpdir(), 'mfa-attacks-'));
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const outputFile = `--outputFile=${join(folder, 'vitest.json')}`;
  try {
    for (const script of [
      [vitest, 'run', ...PLACES, '--reporter=json', outputFile],
      [join(ROOT, 'test/packed/run.mjs'), '--results', folder],
    ]) {
      spawnSync(process.execPath, script, { stdio: ['ignore', 'ignore', 'inherit'] });
    }
    return resultsIn(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// A run of everything may fail elsewhere. Suites that pass over the archive also count for H-07.
function resultsIn(folder) {
  const packed = PACKED.flatMap((name) => read(join(folder, name)));
  for (const test of packed.flatMap((file) => file.assertionResults)) test.fullName = `[H-07] ${test.fullName}`;
  const sources = read(join(folder, 'vitest.json'));
  return [...sources.filter(({ name }) => PLACES.some((place) => name.startsWith(join(ROOT, place)))), ...packed];
}

function read(file) {
  return JSON.parse(readFileSync(file, 'utf8')).testResults;
}

const files = results(process.argv[2]);
const success = files.every(({ status }) => status === 'passed');
const tests = files.flatMap((file) => file.assertionResults);
const holds = new Map();
for (const { fullName, status } of tests) {
  for (const [, id] of fullName.matchAll(ID)) holds.set(id, worse(holds.get(id), status));
}

// A test that was skipped, for want of a database, has shown nothing: others of its id may have.
function worse(known, status) {
  if (known === 'fail' || (status !== 'passed' && status !== 'skipped' && status !== 'pending')) return 'fail';
  return known === 'pass' || status === 'passed' ? 'pass' : 'skip';
}

const ids = [...holds.keys()].toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
const failed = ids.filter((id) => holds.get(id) === 'fail');
for (const id of ids) process.stdout.write(`${id} ${holds.get(id)}\n`);
for (const { fullName, status } of tests.filter((test) => test.status !== 'passed')) {
  process.stderr.write(`${status}: ${fullName}\n`);
}
// A file that cannot be read has no tests, and so no ids that could fail.
for (const { name, message } of files.filter(
  (file) => file.status !== 'passed' && file.assertionResults.length === 0,
)) {
  process.stderr.write(`failed: ${name}\n${message}\n`);
}
process.stdout.write(
  `${ids.length} attacks: ${ids.filter((id) => holds.get(id) === 'pass').length} pass, ${failed.length} fail\n`,
);
process.exitCode = success && failed.length === 0 && ids.length > 0 ? 0 : 1;
