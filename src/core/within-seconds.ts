// Not the globals: an application's tests may fake those, and every statement would time out.
import { clearTimeout, setTimeout } from 'node:timers';

/** What a call gives, or a failure if it takes longer. The signal aborts then, for a call that can be stopped. */
export async function withinSeconds<T>(seconds: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => {
      controller.abort(new DOMException('Timed out.', 'TimeoutError'));
      refuse(signal.reason as Error);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([late, call(signal)]);
  } finally {
    // Always stop the timer, or its rejection would go unhandled.
    clearTimeout(timer);
  }
}
