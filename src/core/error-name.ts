/** Returns what a log may say of an error. Its message may hold a secret, e.g. the parameters of a statement. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
