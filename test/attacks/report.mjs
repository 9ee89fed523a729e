// Runs the attacks and says of each id whether it holds: `npm run attacks`. With a file of results that vitest's JSON
// reporter wrote, `npm run attacks -- results.json`, it tells of that run instead.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ID = /\[([A-Z]-?\d+)\]/g;

/** Where attacks are tried: through HTTP, in the words of the RFCs, against the store on each database, and over several processes. */
const PLACES = ['test/attacks', 'test/compliance', 'test/store', 'test/databases.spec.ts', 'test/processes'];

/** What vitest tells of the specs beside this file. */
function results(given) {
  if (given) return attacksIn(JSON.parse(readFileSync(given, 'utf8')));
  const folder = mkdtempSync(join(tmpdir(), 'mfa-attacks-'));
  const outputFile = join(folder, 'results.json');
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const options = ['run', ...PLACES, '--reporter=json', `--outputFile=${outputFile}`];
  try {
    spawnSync(process.execPath, [vitest, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
    return JSON.parse(readFileSync(outputFile, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// A run of everything may fail elsewhere.
function attacksIn({ testResults }) {
  const root = join(import.meta.dirname, '..', '..');
  const files = testResults.filter(({ name }) => PLACES.some((place) => name.startsWith(join(root, place))));
  return { testResults: files, success: files.every(({ status }) => status === 'passed') };
}

const { testResults: files, success } = results(process.argv[2]);
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
