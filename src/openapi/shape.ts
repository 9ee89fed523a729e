import type { Schema } from './document.js';

/** A field that an object may have. */
interface Optional {
  optional: Schema;
}

/** A schema for each field of a type, and whether it is optional. The compiler checks that both match the type. */
export type Fields<T> = { [Name in keyof T]-?: object extends Pick<T, Name> ? Optional : Schema };

/** A schema of an object, which may have fields that it does not name. */
export type ObjectSchema = Schema & {
  type: 'object';
  properties: Record<string, Schema>;
  required?: readonly string[];
};

export const TEXT: Schema = { type: 'string' };
export const COUNT: Schema = { type: 'integer' };
export const MOMENT: Schema = { type: 'string', format: 'date-time' };
export const TRUE: Schema = { type: 'boolean', enum: [true] };
export const FALSE: Schema = { type: 'boolean', enum: [false] };
export const ANY_OBJECT: Schema = { type: 'object', additionalProperties: true };

/** An optional field. */
export function optional(schema: Schema): Optional {
  return { optional: schema };
}

/** Returns the schema with a description. */
export function says(description: string, schema: Schema): Schema {
  return { ...schema, description };
}

/** Returns the schema of a list. */
export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** Returns the schema of an object of this type. */
export function shape<T extends object>(fields: Fields<T>): ObjectSchema {
  const entries = Object.entries<Optional | Schema>(fields);
  const required = entries.filter(([, field]) => !('optional' in field)).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, field]) => [name, 'optional' in field ? field.optional : field]),
    ),
    // OpenAPI 3.0 refuses an empty list.
    ...(required.length > 0 && { required }),
  };
}
