import { validateSync } from 'class-validator';
import { Misconfiguration } from './misconfiguration.js';
import { isOptions } from './option-kinds.js';

/**
 * Fills an options class with the application's values. Each slice of options is a class: one line has an option's type,
 * default and range, and the class is its own DI token.
 * @throws {Misconfiguration} names the wrong option and shows a correct value
 */
export function optionsOf<T extends object>(Slice: new () => T, name: string, given: Partial<T> = {}): T {
  const defaults = new Slice();
  refuseUnknownNames(name, given, Object.keys(defaults));
  const slice = Object.assign(new Slice(), definedOnly(given));
  const [error] = validateSync(slice, { forbidUnknownValues: false });
  if (!error) return slice;
  const complaint = Object.values(error.constraints ?? {}).join(', ');
  const example = `${name}: { ${error.property}: ${JSON.stringify(defaults[error.property as keyof T])} }`;
  throw new Misconfiguration(`\`${name}.${error.property}\` is invalid: ${complaint}, e.g. ${example}.`);
}

/** Refuses names that nothing reads: a misspelt limit would not limit anything. @throws {Misconfiguration} */
export function refuseUnknownNames(name: string, given: unknown, known: readonly string[]): void {
  if (!isOptions(given)) {
    throw new Misconfiguration(`\`${name}\` must be an object, e.g. ${name}: { ${known[0]}: … }.`);
  }
  refuseUnknownIn(given, known, `${name}.`);
}

/** Does the same for an object of options. @param prefix stands before the name in the message */
export function refuseUnknownIn(given: object, known: readonly string[], prefix = ''): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const name = prefix + unknown;
  throw new Misconfiguration(`Unknown option \`${name}\`. Known options: ${known.join(', ')}.`);
}

/** Leaves out undefined values, which take the default. */
export function definedOnly<T extends object>(given: Partial<T>): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}
