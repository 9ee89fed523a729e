// Prints `N passed, N failed` over the results in a folder: vitest's JSON files and the last line of the walk-through.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, status] = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const counts = [
  ...files.map((name) => fromVitest(join(folder, name))),
  fromWalkthrough(join(folder, 'walkthrough.txt')),
];
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
process.stdout.write(`${passed} passed, ${failed === 0 && status !== '0' ? 1 : failed} failed\n`);

function fromVitest(file) {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'));
  return { passed: numPassedTests, failed: numFailedTests };
}

function fromWalkthrough(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const [, right = 0, wrong = 0] = /(\d+) passed, (\d+) failed\s*$/.exec(text) ?? [];
  return { passed: Number(right), failed: Number(wrong) };
}
