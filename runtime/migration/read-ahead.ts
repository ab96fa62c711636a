// Reads a few items of a stream ahead of who takes them, and hands them out in the stream's order.

/**
 * @param count items whose reading may be under way at once
 * @throws what the stream or `read` throws, at its place in the order
 */
export async function* readAhead<Item, Result>(
  items: AsyncIterable<Item>,
  count: number,
  read: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const underWay: Promise<Result>[] = [];
  const begin = (item: Item): void => {
    const reading = read(item);
    // It is thrown when its turn comes; until then nobody listens.
    reading.catch(() => undefined);
    underWay.push(reading);
  };
  try {
    for await (const item of items) {
      begin(item);
      if (underWay.length >= count) yield await (underWay.shift() as Promise<Result>);
    }
    while (underWay.length > 0) yield await (underWay.shift() as Promise<Result>);
  } finally {
    await Promise.allSettled(underWay);
  }
}
