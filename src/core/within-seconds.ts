// Not the global ones: tests of an application replace those, and would have every statement end with their clock.
import { clearTimeout, setTimeout } from 'node:timers';

/** What a call gives, or a failure if it takes longer. The signal aborts then, for a call that can be stopped. */
export async function withinSeconds<T>(seconds: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => {
      controller.abort(new DOMException('The time is over.', 'TimeoutError'));
      refuse(signal.reason as Error);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([late, call(signal)]);
  } finally {
    // Whatever the end, and also where the call throws at once: nobody is left to hear that the time is over.
    clearTimeout(timer);
  }
}
