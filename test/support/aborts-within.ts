/**
 * Whether a signal aborts within this time from now. The timer runs in the same process as the module's own, and a busy machine
 * delays the two together: the earlier one is still the first.
 */
export function abortsWithin(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(late);
      resolve(true);
    });
  });
}

/** The same, and no sooner than the earliest time. */
export async function abortsBetween(earliest: number, latest: number, signal: AbortSignal): Promise<boolean> {
  const isSooner = abortsWithin(earliest, signal);
  return (await abortsWithin(latest, signal)) && !(await isSooner);
}
