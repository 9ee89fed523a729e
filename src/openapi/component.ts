import { isDeepStrictEqual } from 'node:util';
import type { Schema } from './document.js';

/** The bodies that several routes have. */
export type ComponentName =
  | 'MfaStatus'
  | 'MfaMethod'
  | 'MfaChallenge'
  | 'MfaRequired'
  | 'MfaChosen'
  | 'MfaSignedIn'
  | 'MfaFactor'
  | 'MfaTokens'
  | 'MfaError'
  | 'MfaOAuthError';

const PLACE = '#/components/schemas/';

/** Returns a reference to one of these bodies. */
export function ref(name: ComponentName): Schema {
  return { $ref: PLACE + name };
}

/** Returns a copy in which every component has a name that the application does not use for another schema. */
export function withFreeNames<T extends { schemas: Record<string, object> }>(
  part: T,
  taken: Record<string, object> = {},
): T {
  const { schemas } = part;
  const clashing = Object.keys(schemas).filter(
    (name) => taken[name] !== undefined && !isDeepStrictEqual(taken[name], schemas[name]),
  );
  const free = (name: string) => (clashing.includes(name) ? `Nestjs${name}` : name);
  const renamed = JSON.parse(JSON.stringify(part), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? PLACE + free(value.slice(PLACE.length)) : value,
  ) as T;
  const entries = Object.entries(renamed.schemas).map(([name, schema]) => [free(name), schema] as const);
  return { ...renamed, schemas: Object.fromEntries(entries) };
}
