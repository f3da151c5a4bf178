/**
 * Sessions of one write and then some reads of what it wrote, each operation a pause after the last answer. A read is stale
 * when it shows an older version of the order than the session's own write made.
 */
import { systemClock } from '../../src/platform/clock.ts';
import { HttpConnection } from './http-connection.ts';
import { closedLoop } from './load.ts';
import {
  type Asking,
  answerOf,
  createRequest,
  type OwnOrder,
  readRequest,
  type Served,
  updateRequest,
} from './order-operations.ts';

export type SessionPlan = {
  /** How many sessions go on side by side. */
  readonly workers: number;
  readonly reads: number;
  readonly pauseMs: number;
};

/** How the clients of one side ask. Those with `carriesToken` send back the token of their last answer. */
export type Client = Omit<Asking, 'token'> & { readonly carriesToken: boolean };

export type ReadSample = Served & {
  /** Which read of its session, from 1. */
  readonly place: number;
  readonly latencyMs: number;
  readonly stale: boolean;
};

type Worker = { readonly connection: HttpConnection; order: OwnOrder };

export class SessionLoad {
  readonly #plan: SessionPlan;
  readonly #workers: readonly Worker[];

  private constructor(plan: SessionPlan, workers: readonly Worker[]) {
    this.#plan = plan;
    this.#workers = workers;
  }

  /** Connects, and creates an order for each worker to write to. */
  static async open(url: string, plan: SessionPlan): Promise<SessionLoad> {
    const workers = Array.from({ length: plan.workers }, async (_, index): Promise<Worker> => {
      const connection = await HttpConnection.open(url);
      const { order } = answerOf(await connection.send(createRequest(index + 1, {})));
      if (order === null) throw new Error('no order was created');
      return { connection, order };
    });
    return new SessionLoad(plan, await Promise.all(workers));
  }

  /** Runs sessions for so long. */
  async run(client: Client, ms: number): Promise<ReadSample[]> {
    const samples: ReadSample[] = [];
    await closedLoop({
      workers: this.#workers.length,
      ms,
      operation: async (index) => {
        const worker = this.#workers[index];
        if (worker !== undefined) samples.push(...(await this.#session(worker, client)));
      },
    });
    return samples;
  }

  close(): void {
    for (const { connection } of this.#workers) connection.close();
  }

  async #session(worker: Worker, { carriesToken, ...asking }: Client): Promise<ReadSample[]> {
    const { connection } = worker;
    const written = answerOf(await connection.send(updateRequest(worker.order, asking)));
    if (written.order === null) throw new Error('nothing was written');
    worker.order = written.order;
    const { id, version } = written.order;
    const samples: ReadSample[] = [];
    let token = written.token;
    for (let place = 1; place <= this.#plan.reads; place += 1) {
      if (this.#plan.pauseMs > 0) await systemClock.sleep(this.#plan.pauseMs);
      const request = readRequest(id, { ...asking, token: carriesToken ? token : null });
      const startMs = systemClock.monotonic();
      const answer = await connection.send(request);
      const latencyMs = systemClock.monotonic() - startMs;
      const { order, served, token: newToken } = answerOf(answer);
      token = newToken;
      samples.push({ ...served, place, latencyMs, stale: (order?.version ?? 0) < version });
    }
    return samples;
  }
}
