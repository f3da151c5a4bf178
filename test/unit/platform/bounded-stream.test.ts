import { describe, expect, it } from 'vitest';
import { BoundedStream } from '../../../src/platform/bounded-stream.ts';

describe('a bounded stream', () => {
  it('is read in the order in which it was written', async () => {
    const stream = new BoundedStream<number>(10, () => {});
    stream.write(1);
    stream.write(2);
    expect(await stream.next()).toEqual({ value: { item: 1, missed: 0 }, done: false });
    expect(await stream.next()).toEqual({ value: { item: 2, missed: 0 }, done: false });
  });

  it('gives to those who wait for it', async () => {
    const stream = new BoundedStream<number>(10, () => {});
    const reads = [stream.next(), stream.next()];
    stream.write(1);
    stream.write(2);
    expect((await Promise.all(reads)).map(({ value }) => value.item)).toEqual([1, 2]);
  });

  it('drops the oldest if it is not read, and says how many', async () => {
    const stream = new BoundedStream<number>(2, () => {});
    for (const item of [1, 2, 3, 4, 5]) stream.write(item);
    expect(await stream.next()).toEqual({ value: { item: 4, missed: 3 }, done: false });
    expect(await stream.next()).toEqual({ value: { item: 5, missed: 0 }, done: false });
  });

  it('is read to its end when the writer ends it', async () => {
    let ends = 0;
    const stream = new BoundedStream<number>(2, () => {
      ends += 1;
    });
    stream.write(1);
    stream.end();
    stream.write(2);
    expect((await stream.next()).value).toEqual({ item: 1, missed: 0 });
    expect((await stream.next()).done).toBe(true);
    stream.end();
    expect(ends).toBe(1);
  });

  it('ends for its reader at once when the reader goes', async () => {
    let ends = 0;
    const stream = new BoundedStream<number>(2, () => {
      ends += 1;
    });
    const waiting = stream.next();
    await stream.return();
    expect((await waiting).done).toBe(true);
    expect((await stream.next()).done).toBe(true);
    expect(ends).toBe(1);
  });
});
