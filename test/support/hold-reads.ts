import type { DataSource, EntitySubscriberInterface } from 'typeorm';
import { MultiFactorAuth } from '../../src/index.js';

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
  const subscriber: EntitySubscriberInterface<MultiFactorAuth> = {
    listenTo: () => MultiFactorAuth,
    afterLoad: () => {
      read += 1;
      if (read >= count) open();
      return all;
    },
  };
  for (const source of sources) source.subscribers.push(subscriber);
}
