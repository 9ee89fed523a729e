import type { DataSource, EntitySubscriberInterface } from 'typeorm';

/** A read of users' rows, by whatever text. */
const READ = /^SELECT .* FROM \W?mfa_multi_factor_auth\W?/;

/** Runs something after every read of a user's row, before the reader goes on. Returns a function that ends it. */
export function afterReads(sources: readonly DataSource[], then: () => Promise<void> | void): () => void {
  const subscriber: EntitySubscriberInterface = {
    afterQuery: ({ query, success }) => (success && READ.test(query) ? then() : undefined),
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
