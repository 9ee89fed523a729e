import type { Schema } from './document.js';

/** A rule of class-validator for one field. */
export interface ValidationRule {
  type: string;
  /** The name of its decorator, with a small first letter. */
  name?: string | undefined;
  /** The arguments of its decorator. */
  constraints?: unknown[] | undefined;
  /** Whether it applies to each element of a list. */
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

/** Returns the schema of one field from its rules, without those that JSON Schema cannot express. */
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
  // `@Min(1)` allows any number, but another rule, e.g. `@IsInt()`, may need a whole one.
  return said.some(({ type }) => type === 'integer') ? { ...merged, type: 'integer' } : merged;
}

// A schema's pattern has only the flag `u`. Without its other flags, an expression could refuse what the server
// accepts.
function inWords(pattern: RegExp | string): Schema {
  const { source, flags } = new RegExp(pattern);
  const isPlain = flags.replace(/[ugy]/g, '') === '' || (flags === 's' && !/(?<!\\)\./.test(source));
  return isPlain ? { pattern: source } : {};
}
