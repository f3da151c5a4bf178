/** Testers with the order page open: each asks for it again and again, and sends back the token of its last answer. */
import { systemClock } from '../../src/platform/clock.ts';
import { graphqlRequest, HttpConnection, headerOf } from './http-connection.ts';
import { closedLoop } from './load.ts';
import { assertAnswered } from './order-operations.ts';

/** 20 orders as the page shows them, and the counts above them. */
const document = `query OrderPage {
  orders(first: 20) {
    nodes {
      id number userId status version processedAt createdAt updatedAt
      total { amount currency } charge { amount currency }
    }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
  orderCounts { total pending missingCharge missingProcessedAt }
}`;

export type PageSample = { readonly latencyMs: number; readonly reason: string };

export function pageRequest(token: string | null): Buffer {
  return graphqlRequest(document, {}, token === null ? {} : { 'x-consistency-token': token });
}

/** Why the answer is what it is: of its `extensions`, without reading all of it. */
export function reasonIn(body: Buffer): string {
  return /"reason":"([^"]+)"/.exec(body.toString('latin1', body.lastIndexOf('"extensions"')))?.[1] ?? 'none';
}

type Tester = { readonly connection: HttpConnection; token: string | null };

export class PageLoad {
  readonly #testers: readonly Tester[];

  private constructor(testers: readonly Tester[]) {
    this.#testers = testers;
  }

  /** Connects, and asks once: the API does not keep connections for long on which nothing was asked yet. */
  static async open(url: string, testers: number): Promise<PageLoad> {
    const open = async () => {
      const connection = await HttpConnection.open(url);
      assertAnswered(await connection.send(pageRequest(null)));
      return { connection, token: null };
    };
    return new PageLoad(await Promise.all(Array.from({ length: testers }, open)));
  }

  /** For so long, or until the signal, each tester asking again a pause after the last answer. */
  async run(
    ms: number,
    pauseMs: number,
    signal?: AbortSignal,
  ): Promise<{ readonly perSecond: number; readonly samples: PageSample[] }> {
    const samples: PageSample[] = [];
    const { perSecond } = await closedLoop({
      workers: this.#testers.length,
      ms,
      signal,
      operation: async (index) => {
        const tester = this.#testers[index];
        if (tester === undefined) throw new Error('nobody asks');
        const startMs = systemClock.monotonic();
        const answer = await tester.connection.send(pageRequest(tester.token));
        const latencyMs = systemClock.monotonic() - startMs;
        assertAnswered(answer);
        tester.token = headerOf(answer.head, 'x-consistency-token');
        samples.push({ latencyMs, reason: reasonIn(answer.body) });
        if (pauseMs > 0) await systemClock.sleep(pauseMs);
      },
    });
    return { perSecond, samples };
  }

  close(): void {
    for (const { connection } of this.#testers) connection.close();
  }
}

/** How many answers had each reason. */
export function reasonsOf(samples: readonly PageSample[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { reason } of samples) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
