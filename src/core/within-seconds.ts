// Not the globals: an application's tests may fake those, and every statement would time out.
import { clearTimeout, setTimeout } from 'node:timers';

/** What a call gives, or a failure if it takes longer. The signal aborts then, for a call that can be stopped. */
export async function withinSeconds<T>(seconds: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  return withTimeLimit(
    seconds,
    async () => call(controller.signal),
    (late) => controller.abort(late),
  );
}

/** The same for a call that cannot be stopped, which costs less. @param call gives a promise in any case */
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
