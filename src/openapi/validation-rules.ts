import type { Schema } from './document.js';

/** A rule of class-validator for one field. */
export interface ValidationRule {
  type: string;
  /** Of its decorator, with a small letter at the start. */
  name?: string | undefined;
  /** What its decorator was given. */
  constraints?: unknown[] | undefined;
  /** Whether it holds for each element of a list. */
  each?: boolean | undefined;
}

const WORDS: Record<string, (...given: never[]) => Schema> = {
  isString: () => ({ type: 'string' }),
  isNotEmpty: () => ({}),
  isEmail: () => ({ type: 'string', format: 'email' }),
  isUrl: () => ({ type: 'string' }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isDateString: () => ({ type: 'string' }),
  isIso8601: () => ({ type: 'string' }),
  isPhoneNumber: () => ({ type: 'string' }),
  isMobilePhone: () => ({ type: 'string' }),
  isNumberString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isObject: () => ({ type: 'object', additionalProperties: true }),
  isArray: () => ({ type: 'array' }),
  minLength: (minLength: number) => ({ type: 'string', minLength }),
  maxLength: (maxLength: number) => ({ type: 'string', maxLength }),
  isLength: (minLength: number, maxLength?: number) => ({
    type: 'string',
    minLength,
    ...(maxLength !== undefined && { maxLength }),
  }),
  min: (minimum: number) => ({ type: 'number', minimum }),
  max: (maximum: number) => ({ type: 'number', maximum }),
  arrayMinSize: (minItems: number) => ({ type: 'array', minItems }),
  arrayMaxSize: (maxItems: number) => ({ type: 'array', maxItems }),
  equals: (value: unknown) => ({ enum: [value] }),
  isIn: (values: readonly unknown[]) => ({ enum: values }),
  isEnum: (_: object, values: readonly unknown[]) => ({ enum: values }),
  matches: (pattern: RegExp | string) => ({ type: 'string', ...inWords(pattern) }),
};

/** Returns what these rules of one field say, as far as JSON Schema has words for it. */
export function fieldSchema(rules: readonly ValidationRule[]): Schema {
  const whole = saidBy(rules.filter(({ each }) => !each));
  const each = rules.filter((rule) => rule.each);
  const isList = each.length > 0 || whole.type === 'array';
  return isList ? { ...whole, type: 'array', items: saidBy(each) } : whole;
}

function saidBy(rules: readonly ValidationRule[]): Schema {
  const said = rules.map(({ name = '', constraints }) =>
    Object.hasOwn(WORDS, name) ? WORDS[name]!(...((constraints ?? []) as never[])) : {},
  );
  const merged = Object.assign({}, ...said) as Schema;
  // `@Min(1)` takes any number, also where another rule wants a whole one.
  return said.some(({ type }) => type === 'integer') ? { ...merged, type: 'integer' } : merged;
}

// A schema's pattern has no flags but `u`. One with others would refuse what the server takes.
function inWords(pattern: RegExp | string): Schema {
  const { source, flags } = new RegExp(pattern);
  const isPlain = flags.replace(/[ugy]/g, '') === '' || (flags === 's' && !/(?<!\\)\./.test(source));
  return isPlain ? { pattern: source } : {};
}
