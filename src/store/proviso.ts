import type { Condition } from './rows.js';

/** What must hold before the outcome of a request is told. The statement that writes the outcome can check it on its way. */
export interface Proviso {
  /** Undefined once it is met. */
  readonly condition: Condition | undefined;
  /** Called when a statement with the condition has changed its row. */
  met(): void;
  /** Checks it by a statement of its own, unless it is met. @throws {MfaError} if it does not hold */
  check(): Promise<void>;
}

/** Does work under a proviso. What it throws is an outcome too, and is told only if the proviso holds. @throws {MfaError} */
export async function under<T>(proviso: Proviso | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await proviso?.check();
    throw error;
  }
}
