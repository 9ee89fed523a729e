/** What a call gives, or a failure if it takes longer. The signal aborts then, for a call that can be stopped. */
export async function withinSeconds<T>(seconds: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(seconds * 1000);
  const late = new Promise<never>((_, refuse) =>
    signal.addEventListener('abort', () => refuse(signal.reason as Error), { once: true }),
  );
  return Promise.race([call(signal), late]);
}
