import { Misconfiguration } from './misconfiguration.js';

const KINDS = {
  'a text': (value: unknown) => typeof value === 'string' && value !== '',
  'true or false': (value: unknown) => typeof value === 'boolean',
  'a list': Array.isArray,
  'a function': (value: unknown) => typeof value === 'function',
} as const;

/** Refuses a value of the wrong type, which plain JavaScript does not notice. @throws {Misconfiguration} */
export function checkKind(name: string, value: unknown, kind: keyof typeof KINDS, example: string): void {
  if (KINDS[kind](value)) return;
  throw new Misconfiguration(`\`${name}\` must be ${kind}, e.g. ${name}: ${example}.`);
}

/** Refuses anything but a class that extends another one, e.g. an instance of it. @throws {Misconfiguration} */
export function checkClass(name: string, value: unknown, Base: abstract new (...args: never[]) => object): void {
  if (typeof value === 'function' && value.prototype instanceof Base) return;
  throw new Misconfiguration(`\`${name}\` must be a class that extends ${Base.name}, e.g. ${name}: My${Base.name}.`);
}

/** Says whether a value is a function that can be called, and not a class. */
export function isPlainFunction(value: unknown): value is Function {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
}

/** Says whether a value is a plain object, and not a list, a collection or a promise that was not awaited. */
export function isOptions(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Object]';
}
