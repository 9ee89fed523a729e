import type { DataSource, EntitySubscriberInterface } from 'typeorm';

/** A read of users' rows, by whatever text. */
const READ = /^SELECT .* FROM \W?mfa_multi_factor_auth\W?/;

/** A change of a user's row. */
const CHANGE = /^UPDATE \W?mfa_multi_factor_auth\W?/;

type Then = () => Promise<void> | void;

/** Runs something after every read of a user's row, before the reader goes on. Returns a function that ends it. */
export function afterReads(sources: readonly DataSource[], then: Then): () => void {
  return afterEach(READ, sources, then);
}

/** Runs something after every change of a user's row, before the one who made it goes on. Returns a function that ends it. */
export function afterChanges(sources: readonly DataSource[], then: Then): () => void {
  return afterEach(CHANGE, sources, then);
}

function afterEach(text: RegExp, sources: readonly DataSource[], then: Then): () => void {
  const subscriber: EntitySubscriberInterface = {
    afterQuery: ({ query, success }) => (success && text.test(query) ? then() : undefined),
  };
  for (const source of sources) source.subscribers.push(subscriber);
  return () => sources.forEach(({ subscribers }) => subscribers.splice(subscribers.indexOf(subscriber), 1));
}

/**
 * Makes the next `count` reads of users' rows wait for each other: whatever reads then has seen the row as it is now, and
 * nothing is written before the last of them has read.
 */
export function holdReads(sources: readonly DataSource[], count: number): void {
  let read = 0;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  afterReads(sources, () => {
    read += 1;
    if (read >= count) open();
    return all;
  });
}
