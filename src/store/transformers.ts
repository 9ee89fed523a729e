import type { ValueTransformer } from 'typeorm';

/** A Date as milliseconds since 1970: PostgreSQL and MariaDB return a bigint as text. */
export const instant: ValueTransformer = {
  to: (date: Date | (() => string) | null | undefined) => (date instanceof Date ? date.getTime() : date),
  from: (value: string | number | null) => (value === null ? null : new Date(Number(value))),
};

/** True and false as 1 and 0, which every database keeps in the same way. */
export const flag: ValueTransformer = {
  to: (value: boolean) => (value ? 1 : 0),
  from: (value: string | number | bigint) => Number(value) !== 0,
};

/** A list of flat objects, kept as JSON text. Fields whose name ends in `At` are Dates. */
export const json: ValueTransformer = {
  to: (list: unknown) => JSON.stringify(list),
  from: (text: string): unknown => {
    const list = JSON.parse(text) as Record<string, unknown>[];
    for (const item of list) {
      for (const name in item) {
        if (name.endsWith('At')) item[name] = new Date(item[name] as string);
      }
    }
    return list;
  },
};

/** Words without spaces as one text, like a scope of OAuth2. */
export const spaceSeparated: ValueTransformer = {
  to: (words: string[]) => words.join(' '),
  from: (text: string) => text.split(' ').filter(Boolean),
};
