/** The least that a key must have to look random: different bytes, and different steps from one byte to the next. */
export interface LeastVariety {
  bytes: number;
  steps: number;
}

/** Says whether a key may have come from a generator. False for what people type to fill a field: zeros, one byte again and again, 1 2 3. */
export function looksRandom(key: Uint8Array, least: LeastVariety): boolean {
  const steps = new Set(key.subarray(1).map((byte, index) => byte - key[index]!));
  return new Set(key).size >= least.bytes && steps.size >= least.steps;
}
