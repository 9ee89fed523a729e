/** What a call gives, or a failure if it takes longer. The signal aborts then, for a call that can be stopped. */
export async function withinSeconds<T>(seconds: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(seconds * 1000);
  const late = new Promise<never>((_, refuse) =>
    signal.addEventListener('abort', () => refuse(signal.reason as Error), { once: true }),
  );
  // Called inside: one that throws at once would leave nobody to hear that its time is over, which ends the process.
  return Promise.race([late, (async () => call(signal))()]);
}
