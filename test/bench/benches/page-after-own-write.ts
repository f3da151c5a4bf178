/**
 * Each client updates an order that stands on the first page and asks for that page at once, at the process that it wrote
 * to and at another one, which share the cache. An answer is stale when it shows the order in an older version, or not at
 * all. The control asks without its token: it must find stale answers, or nothing was proved.
 */
import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { HttpConnection, headerOf } from '../http-connection.ts';
import { countedLoop } from '../load.ts';
import { answerOf, assertAnswered, createRequest, type OwnOrder, updateRequest } from '../order-operations.ts';
import { pageRequest, reasonIn } from '../page-load.ts';
import { rounded } from '../statistics.ts';

const tries = 10_000;
const pagesAfterAWrite = 4;
const controlTries = 1000;

type Client = { readonly connections: readonly [HttpConnection, HttpConnection]; order: OwnOrder };
type Tally = { answers: number; stale: number; reasons: Record<string, number> };

export const pageAfterOwnWrite: Bench = {
  name: 'page-after-own-write',
  title: `the order page right after own write, cache on, two processes: stale answers in ${tries} tries`,

  async measure({ laboratory, concurrency }) {
    const first = await laboratory.api('cached');
    const second = await laboratory.freshApi('cached');
    // The first page must have room for everybody's order.
    const clients = await Promise.all(
      Array.from({ length: Math.min(concurrency, 16) }, () => openClient(first.url, second.url)),
    );
    try {
      const own = await writeAndRead(clients, tries, true);
      const control = await writeAndRead(clients, controlTries, false);
      const hits = Object.entries(own.reasons).reduce((sum, [reason, n]) => sum + (isHit(reason) ? n : 0), 0);
      return {
        findings: [
          finding('stale answers', own.stale, '', { atMost: 0 }),
          finding('tries', own.answers, '', { atLeast: tries }),
          finding('answered from the cache', (100 * hits) / own.answers, '%', { atLeast: 10 }),
          finding(`stale in ${controlTries} tries without token`, control.stale, '', { atLeast: 1 }),
        ],
        details: {
          pagesAfterAWrite,
          own,
          control: { ...control, stalePercent: rounded((100 * control.stale) / control.answers) },
        },
      };
    } finally {
      for (const { connections } of clients) for (const connection of connections) connection.close();
      await second.stop();
    }
  },
};

const isHit = (reason: string): boolean => reason.startsWith('cache');

async function openClient(firstUrl: string, secondUrl: string): Promise<Client> {
  const connections = [await HttpConnection.open(firstUrl), await HttpConnection.open(secondUrl)] as const;
  const { order } = answerOf(await connections[0].send(createRequest(1, {})));
  if (order === null) throw new Error('no order was created');
  return { connections, order };
}

async function writeAndRead(clients: readonly Client[], count: number, carriesToken: boolean): Promise<Tally> {
  const tally: Tally = { answers: 0, stale: 0, reasons: {} };
  await countedLoop(clients.length, Math.ceil(count / pagesAfterAWrite), async (index, worker) => {
    const client = clients[worker];
    if (client === undefined) throw new Error('nobody writes');
    const [own, other] = client.connections;
    const written = answerOf(await own.send(updateRequest(client.order, {})));
    if (written.order === null) throw new Error('nothing was written');
    client.order = written.order;
    let { token } = written;
    for (let page = 0; page < pagesAfterAWrite; page += 1) {
      const connection = (index + page) % 2 === 0 ? own : other;
      const answer = await connection.send(pageRequest(carriesToken ? token : null));
      assertAnswered(answer);
      token = headerOf(answer.head, 'x-consistency-token');
      const reason = reasonIn(answer.body);
      tally.answers += 1;
      tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
      if (versionIn(answer.body, client.order.id) < client.order.version) tally.stale += 1;
    }
  });
  return tally;
}

/** 0 when the page does not show the order. */
function versionIn(body: Buffer, id: string): number {
  const { data } = JSON.parse(body.toString()) as { data: { orders: { nodes: OwnOrder[] } } };
  return data.orders.nodes.find((order) => order.id === id)?.version ?? 0;
}
