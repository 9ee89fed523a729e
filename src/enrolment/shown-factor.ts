import type { Factor } from '../store/factor.js';

/** A factor, as its owner sees it. It has no secret. */
export interface ShownFactor {
  id: string;
  type: string;
  name?: string;
  /** E.g. the phone number. */
  hint?: string;
  created_at: string;
  last_used_at?: string;
  default?: true;
}

/** Returns what a signed-in user sees of a factor. */
export function shownFactor({ id, type, name, hint, createdAt, lastUsedAt }: Factor, isDefault = false): ShownFactor {
  return {
    id,
    type,
    ...(name && { name }),
    ...(hint && { hint }),
    created_at: createdAt.toISOString(),
    ...(lastUsedAt && { last_used_at: lastUsedAt.toISOString() }),
    ...(isDefault && { default: true }),
  };
}
