import assert from 'node:assert/strict';
import { randomKey } from '../crypto/randomness.js';
import type { KeyProvider } from '../crypto/key-provider.js';
import { type ContractRunner, runnerOf } from './contract-runner.js';

/** Your key provider. */
export interface KeyProviderContract extends ContractRunner {
  /** Returns the provider, e.g. over the emulator of your key service. */
  provider: () => KeyProvider | Promise<KeyProvider>;
}

/**
 * Tests that your `KeyProvider` returns each data key unchanged, and nothing for a key that its service has not
 * wrapped. Works in vitest and Jest.
 * @example
 * ```ts
 * describeKeyProviderContract('KmsKeys', { provider: () => app.get(KmsKeys) });
 * ```
 */
export function describeKeyProviderContract(name: string, contract: KeyProviderContract): void {
  const { describe, it } = runnerOf('describeKeyProviderContract', contract);
  describe(`the contract of a key provider: ${name}`, () => {
    for (const [rule, test] of Object.entries(RULES)) it(rule, async () => test(await contract.provider()));
  });
}

const { signal } = new AbortController();

const RULES: Record<string, (provider: KeyProvider) => Promise<void>> = {
  'names its key': async ({ keyId }) => assert.match(keyId, /^[\w-]{1,64}$/),

  'returns each data key as it was, and shows none of it': async (provider) => {
    const keys = [randomKey(), randomKey(), Buffer.alloc(32)];
    const wrapped = await Promise.all(keys.map((key) => provider.wrap(key, signal)));
    for (const [index, key] of keys.entries()) {
      const text = wrapped[index]!;
      assert.ok(!text.includes(key.subarray(0, 16)), 'The wrapped key has the data key in it.');
      assert.deepEqual(await provider.unwrap(text, provider.keyId, signal), key);
    }
  },

  'returns null for what it has not wrapped': async (provider) => {
    const wrapped = await provider.wrap(randomKey(), signal);
    const changed = Buffer.from(wrapped);
    changed[changed.length - 1]! ^= 1;
    for (const foreign of [changed, wrapped.subarray(0, -1), randomKey(wrapped.length), randomKey(1)])
      assert.equal(await provider.unwrap(foreign, provider.keyId, signal), null);
  },
};
