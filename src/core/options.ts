import { validateSync } from 'class-validator';
import { Misconfiguration } from './misconfiguration.js';

/**
 * An options class filled with what the application gave, or a refusal to start that names the option and shows a value
 * that works. Each slice of options is a class: its type, default and range stand on one line, and it is its own DI token.
 */
export function optionsOf<T extends object>(Slice: new () => T, name: string, given: Partial<T> = {}): T {
  const defaults = new Slice();
  for (const key of Object.keys(given)) {
    if (!(key in defaults)) {
      throw new Misconfiguration(`\`${name}.${key}\` is not an option; there are ${Object.keys(defaults).join(', ')}.`);
    }
  }
  const slice = Object.assign(new Slice(), definedOnly(given));
  const [error] = validateSync(slice, { forbidUnknownValues: false });
  if (!error) return slice;
  const complaint = Object.values(error.constraints ?? {}).join(', ');
  const example = `${name}: { ${error.property}: ${JSON.stringify(defaults[error.property as keyof T])} }`;
  throw new Misconfiguration(`\`${name}.${error.property}\` is not right: ${complaint}, e.g. ${example}.`);
}

function definedOnly<T extends object>(given: Partial<T>): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}
