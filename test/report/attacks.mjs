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

/** What is run: tests with an id in their name, and those that say which database is missing. */
const NAMES = String.raw`\[[A-Z]-?\d+\]|has a server to run on`;

const ROOT = join(import.meta.dirname, '..', '..');

/** The files of tests that were run, over the sources and over the archive. */
function results(given) {
  if (given) return resultsIn(given);
  const folder = mkdtempSync(join(tmpdir(), 'mfa-attacks-'));
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const outputFile = `--outputFile=${join(folder, 'vitest.json')}`;
  try {
    for (const script of [
      [vitest, 'run', '--testNamePattern', NAMES, '--reporter=json', outputFile],
      [join(ROOT, 'test/packed/run.mjs'), '11', '12', '--results', folder],
    ]) {
      spawnSync(process.execPath, script, { stdio: ['ignore', 'ignore', 'inherit'] });
    }
    return resultsIn(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// A run of everything may fail in a file without attacks. Suites that pass over the archive also count for H-07.
function resultsIn(folder) {
  const packed = PACKED.flatMap((name) => read(join(folder, name)));
  for (const test of packed.flatMap((file) => file.assertionResults)) test.fullName = `[H-07] ${test.fullName}`;
  return [...read(join(folder, 'vitest.json')).filter(hasAttacks), ...packed];
}

// A file that could not be read shows no tests: it may have had some.
function hasAttacks({ assertionResults }) {
  return assertionResults.length === 0 || assertionResults.some((test) => idsOf(test).length > 0);
}

function idsOf({ fullName }) {
  return [...fullName.matchAll(ID)].map(([, id]) => id);
}

function read(file) {
  return JSON.parse(readFileSync(file, 'utf8')).testResults;
}

const files = results(process.argv[2]);
const success = files.every(({ status }) => status === 'passed');
const tests = files.flatMap((file) => file.assertionResults);
const holds = new Map();
for (const test of tests) {
  for (const id of idsOf(test)) holds.set(id, worse(holds.get(id), test.status));
}

// A test that was skipped, for want of a database, has shown nothing: others of its id may have.
function worse(known, status) {
  if (known === 'fail' || (status !== 'passed' && status !== 'skipped' && status !== 'pending')) return 'fail';
  return known === 'pass' || status === 'passed' ? 'pass' : 'skip';
}

// Tests without an id were not meant to run.
function isWorthTelling(test) {
  return test.status === 'failed' || (test.status !== 'passed' && new RegExp(NAMES).test(test.fullName));
}

const ids = [...holds.keys()].toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
const failed = ids.filter((id) => holds.get(id) === 'fail');
for (const id of ids) process.stdout.write(`${id} ${holds.get(id)}\n`);
for (const { fullName, status } of tests.filter(isWorthTelling)) process.stderr.write(`${status}: ${fullName}\n`);
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
