// Runs the attacks and says of each id whether it holds: `npm run attacks`. With a file of results that vitest's JSON
// reporter wrote, `npm run attacks -- results.json`, it tells of that run instead.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ID = /\[([A-Z]-\d+)\]/g;

/** What vitest tells of the specs beside this file. */
function results(given) {
  if (given) return attacksIn(JSON.parse(readFileSync(given, 'utf8')));
  const folder = mkdtempSync(join(tmpdir(), 'mfa-attacks-'));
  const outputFile = join(folder, 'results.json');
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const options = ['run', 'test/attacks', '--reporter=json', `--outputFile=${outputFile}`];
  try {
    spawnSync(process.execPath, [vitest, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
    return JSON.parse(readFileSync(outputFile, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// A run of everything may fail elsewhere.
function attacksIn({ testResults }) {
  const files = testResults.filter(({ name }) => name.startsWith(join(import.meta.dirname, '/')));
  return { testResults: files, success: files.every(({ status }) => status === 'passed') };
}

const { testResults: files, success } = results(process.argv[2]);
const tests = files.flatMap((file) => file.assertionResults);
const holds = new Map();
for (const { fullName, status } of tests) {
  // A test that was skipped has not shown anything.
  for (const [, id] of fullName.matchAll(ID)) holds.set(id, (holds.get(id) ?? true) && status === 'passed');
}

const ids = [...holds.keys()].toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
const failed = ids.filter((id) => !holds.get(id));
for (const id of ids) process.stdout.write(`${id} ${holds.get(id) ? 'pass' : 'fail'}\n`);
for (const { fullName, status } of tests.filter((test) => test.status !== 'passed')) {
  process.stderr.write(`${status}: ${fullName}\n`);
}
// A file that cannot be read has no tests, and so no ids that could fail.
for (const { name, message } of files.filter(
  (file) => file.status !== 'passed' && file.assertionResults.length === 0,
)) {
  process.stderr.write(`failed: ${name}\n${message}\n`);
}
process.stdout.write(`${ids.length} attacks: ${ids.length - failed.length} pass, ${failed.length} fail\n`);
process.exitCode = success && failed.length === 0 && ids.length > 0 ? 0 : 1;
