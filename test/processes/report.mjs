// Runs several processes against each database at full length and prints what was counted: `npm run reliability`. What
// follows goes to vitest, e.g. `npm run reliability -- test/processes/races.spec.ts`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROUNDS = process.env.MFA_RELIABILITY_ROUNDS ?? '50';

const folder = mkdtempSync(join(tmpdir(), 'mfa-reliability-'));
const outputFile = join(folder, 'results.json');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const given = process.argv.slice(2);
const options = ['run', ...(given.length > 0 ? given : ['test/processes']), '--no-file-parallelism'];
const { status } = spawnSync(process.execPath, [vitest, ...options, '--reporter=json', `--outputFile=${outputFile}`], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, MFA_RELIABILITY_ROUNDS: ROUNDS },
});
const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8'));
rmSync(folder, { recursive: true });

for (const test of testResults.flatMap(({ assertionResults }) => assertionResults)) {
  process.stdout.write(`${test.status === 'passed' ? 'ok    ' : test.status.toUpperCase()} ${test.fullName}\n`);
  for (const [name, value] of Object.entries(test.meta?.figures ?? {})) {
    process.stdout.write(`         ${name}: ${value}\n`);
  }
  for (const message of test.failureMessages ?? []) process.stdout.write(`${message}\n`);
}
for (const { name, message } of testResults) if (message) process.stdout.write(`FAILED ${name}\n${message}\n`);
process.exitCode = status ?? 1;
