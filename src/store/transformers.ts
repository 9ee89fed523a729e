import type { ValueTransformer } from 'typeorm';

/** A Date kept as milliseconds since 1970: PostgreSQL and MariaDB give a bigint back as text. */
export const instant: ValueTransformer = {
  to: (date: Date | (() => string) | null | undefined) => (date instanceof Date ? date.getTime() : date),
  from: (value: string | number | null) => (value === null ? null : new Date(Number(value))),
};

/** A value kept as JSON text. Fields whose name ends in `At` are Dates. */
export const json: ValueTransformer = {
  to: (value: unknown) => JSON.stringify(value),
  from: (text: string): unknown =>
    JSON.parse(text, (key, value: unknown) =>
      key.endsWith('At') && typeof value === 'string' ? new Date(value) : value,
    ),
};

/** Words without spaces, kept as one text, as OAuth2 writes a scope. */
export const spaceSeparated: ValueTransformer = {
  to: (words: string[]) => words.join(' '),
  from: (text: string) => text.split(' ').filter(Boolean),
};
