/** Works on all items, so many of them at a time. The first failure ends it. */
export async function inParallel<Item>(
  width: number,
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  // All workers draw from one iterator, so that none of them waits for another.
  const queue = items[Symbol.iterator]();
  const draw = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: width }, draw));
}
