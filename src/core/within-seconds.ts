// Not the globals: an application's tests may fake those, and every statement would time out.
import { clearTimeout, setTimeout } from 'node:timers';

/** Returns the result of a call, or rejects and aborts its signal once the time is over. */
export async function withinSeconds<T>(seconds: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  return withTimeLimit(
    seconds,
    async () => call(controller.signal),
    (late) => controller.abort(late),
  );
}

/** Does the same for a call without a signal, which is cheaper. @param call must not throw before it returns a promise */
export function withTimeLimit<T>(
  seconds: number,
  call: () => Promise<T>,
  onLate?: (late: DOMException) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const late = new DOMException('Timed out.', 'TimeoutError');
      onLate?.(late);
      reject(late);
    }, seconds * 1000);
    call()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
