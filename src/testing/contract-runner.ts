/** The functions of vitest or Jest with which a contract makes its tests. */
export interface ContractRunner {
  /** Default: the global one. vitest has one only with `globals: true`. */
  describe?: (name: string, tests: () => void) => unknown;
  /** Default: the global one. */
  it?: (name: string, test: () => Promise<void>) => unknown;
}

/** Returns the functions that were given, or the global ones. */
export function runnerOf(contract: string, given: ContractRunner): Required<ContractRunner> {
  const { describe, it } = { ...(globalThis as ContractRunner), ...given };
  if (describe && it) return { describe, it };
  throw new TypeError(`${contract}: pass \`describe\` and \`it\`, e.g. { describe, it, … } imported from 'vitest'.`);
}
