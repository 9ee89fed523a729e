import type { DataSource, EntitySubscriberInterface } from 'typeorm';

/** When a statement fails: before the database has it, or after the database has carried it out. */
export type FailureMoment = 'before' | 'after';

/** Makes one of the next statements fail, counted from 0. Returns a function that ends it and says how many statements there were. */
export function failStatement({ subscribers }: DataSource, place: number, moment: FailureMoment): () => number {
  let count = 0;
  const fail = () => (count++ === place ? Promise.reject(new Error('the connection is gone')) : undefined);
  const subscriber: EntitySubscriberInterface = moment === 'before' ? { beforeQuery: fail } : { afterQuery: fail };
  subscribers.push(subscriber);
  return () => {
    subscribers.splice(subscribers.indexOf(subscriber), 1);
    return count;
  };
}
