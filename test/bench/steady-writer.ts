import { HttpConnection } from './http-connection.ts';
import { pacedLoop, type Throughput } from './load.ts';
import { answerOf, createRequest, type OwnOrder, updateRequest } from './order-operations.ts';

/**
 * What jobs do: updates orders at a steady pace, each in a transaction of its own, through an API process that nobody else
 * uses. Each of its workers keeps to orders of its own, so that none meets another's version.
 */
type Worker = { readonly connection: HttpConnection; readonly orders: OwnOrder[]; turn: number };

export class SteadyWriter {
  readonly #workers: readonly Worker[];
  readonly #perSecond: number;

  private constructor(workers: readonly Worker[], perSecond: number) {
    this.#workers = workers;
    this.#perSecond = perSecond;
  }

  static async open(url: string, plan: { workers: number; ordersEach: number; perSecond: number }) {
    const workers = Array.from({ length: plan.workers }, async (): Promise<Worker> => {
      const connection = await HttpConnection.open(url);
      const orders: OwnOrder[] = [];
      while (orders.length < plan.ordersEach) {
        const { order } = answerOf(await connection.send(createRequest(1, {})));
        if (order === null) throw new Error('no order was created');
        orders.push(order);
      }
      return { connection, orders, turn: 0 };
    });
    return new SteadyWriter(await Promise.all(workers), plan.perSecond);
  }

  /** Writes while `work` runs. */
  async during<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly written: Throughput }> {
    const ended = new AbortController();
    const operation = (index: number) => this.#update(index);
    const writing = pacedLoop({ workers: this.#workers.length, perSecond: this.#perSecond, operation }, ended.signal);
    // Whoever awaits it comes later.
    writing.catch(() => undefined);
    try {
      const value = await Promise.race([work(), writing.then(() => Promise.reject(new Error('the writer ended')))]);
      ended.abort();
      return { value, written: await writing };
    } finally {
      ended.abort();
    }
  }

  close(): void {
    for (const { connection } of this.#workers) connection.close();
  }

  async #update(index: number): Promise<void> {
    const worker = this.#workers[index];
    if (worker === undefined) throw new Error('nobody writes');
    const place = worker.turn % worker.orders.length;
    worker.turn += 1;
    const order = worker.orders[place];
    if (order === undefined) throw new Error('nothing to write to');
    const written = answerOf(await worker.connection.send(updateRequest(order, {}))).order;
    if (written !== null) worker.orders[place] = written;
  }
}
