import type { Random } from '../consistency/random.ts';
import { HttpConnection, headerOf } from './http-connection.ts';
import { closedLoop } from './load.ts';
import { type Asking, assertAnswered, createRequest } from './order-operations.ts';

/** A client that creates orders and keeps the token of its last answer. */
export type Writer = { readonly connection: HttpConnection; token: string | null };

export function openWriters(url: string, count: number): Promise<Writer[]> {
  const open = async () => ({ connection: await HttpConnection.open(url), token: null });
  return Promise.all(Array.from({ length: count }, open));
}

/** Creates one order. Throws when it was refused. */
export async function createOne(writer: Writer, random: Random, asking: Asking, number?: string): Promise<void> {
  const answer = await writer.connection.send(createRequest(random.between(1, 3000), asking, number));
  assertAnswered(answer);
  if (!answer.body.includes('"version"')) throw new Error(`refused: ${answer.body.toString()}`);
  writer.token = headerOf(answer.head, 'x-consistency-token');
}

/** All of them create orders for so long: how many a second. */
export function creating(
  writers: readonly Writer[],
  random: Random,
  asking: (writer: Writer) => Asking,
): (ms: number) => Promise<number> {
  return async (ms) => {
    const { perSecond } = await closedLoop({
      workers: writers.length,
      ms,
      operation: async (index) => {
        const writer = writers[index];
        if (writer === undefined) throw new Error('nobody writes');
        await createOne(writer, random, asking(writer));
      },
    });
    return perSecond;
  };
}

export function closeWriters(writers: readonly Writer[]): void {
  for (const { connection } of writers) connection.close();
}
