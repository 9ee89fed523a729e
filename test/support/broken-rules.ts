import type { ContractRunner } from '../../src/testing.js';

/** Runs a contract, and returns the names of the rules that something breaks. */
export async function brokenRules(contract: (runner: ContractRunner) => void): Promise<string> {
  const tests: [name: string, test: () => Promise<void>][] = [];
  contract({ describe: (_, all) => all(), it: (name, test) => tests.push([name, test]) });
  const found: string[] = [];
  for (const [name, test] of tests) await test().catch(() => found.push(name));
  return found.join();
}
