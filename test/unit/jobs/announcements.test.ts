/** Which commits subscribers to order changes hear of, and what the token that they get promises. */
import { describe, expect, it } from 'vitest';
import type { OrdersDatabase } from '../../../src/database/orders/orders-client.ts';
import { type Commit, CommittedEvent } from '../../../src/database/session/committed-event.ts';
import { BackgroundWork } from '../../../src/jobs/background-work.ts';
import { ChangedOrder } from '../../../src/orders/order-change.ts';
import { createLog } from '../../../src/platform/log.ts';
import { at } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const log = createLog({ level: 'silent', format: 'json' });
const deleted = new ChangedOrder({ kind: 'DELETED', id: 5n, order: null });

/** The background work of a process without Redis, whose tokens can be read. */
function setUp(presentEpoch: number | null) {
  const committed = new CommittedEvent('orders', log);
  const epochs = presentEpoch === null ? [] : [{ epoch: presentEpoch, sourceId: 's', endOfPrevious: null }];
  // All that an announcement asks of it.
  const database = { committed, epochs } as unknown as OrdersDatabase;
  const work = new BackgroundWork({
    redis: null,
    target: null,
    jobs: {
      attempts: 1,
      firstPauseMs: 1,
      maxPauseMs: 1,
      concurrency: 1,
      ratePerS: 1,
      lockMs: 1,
      graceMs: 1,
      refreshEveryMs: 'off',
      maxWaiting: 1,
      maxWaitingPerClient: 1,
    },
    payments: { url: null, token: null, timeoutMs: 1 },
    clusterId: 'orders',
    database,
    tokens: {
      decode: () => [],
      encode: ({ epoch, position, requiresSource }) =>
        `epoch ${epoch}, ${position?.format() ?? 'no position'}${requiresSource ? ', source' : ''}`,
    },
    clock: new TickingClock(),
    random: () => 0.5,
    randomBytes: (count) => new Uint8Array(count),
    log,
  });
  const heard = work.orderChanges.open(null);
  const tell = (commit: Partial<Commit> = {}) =>
    committed.tell({
      outcome: 'COMMITTED',
      position: at(7),
      onlyOnSource: false,
      epoch: 3,
      issuedAtMs: 17,
      appended: 1,
      readsFollow: true,
      change: deleted,
      ...commit,
    });
  const all = async () => {
    work.endStreams();
    const items = [];
    for await (const { item } of heard) items.push(item);
    return items;
  };
  return { work, tell, all };
}

describe('a commit of a changed order', () => {
  it.each<[string, number | null, Partial<Commit>, string]>([
    ['of the present epoch promises its position', 3, {}, `epoch 3, ${at(7).format()}`],
    ['while no epoch is known promises it in that of its session', null, {}, `epoch 3, ${at(7).format()}`],
    ['of an epoch that has ended asks for the source', 4, {}, 'epoch 4, no position, source'],
    [
      'without a position asks for the source',
      3,
      { position: null, onlyOnSource: true },
      'epoch 3, no position, source',
    ],
  ])('%s', async (_, epoch, commit, token) => {
    const { tell, all } = setUp(epoch);
    tell(commit);
    expect(await all()).toEqual([{ kind: 'DELETED', id: 5n, order: null, atMs: 17, token }]);
  });

  it('is heard of until the work has stopped', async () => {
    const { work, tell, all } = setUp(3);
    tell();
    await work.stop();
    tell();
    expect(await all()).toHaveLength(1);
  });
});

it.each([null, { kind: 'DELETED', id: 5n, order: null }, 'of another kind'])(
  'a commit that changed no order is not announced: %s',
  async (change) => {
    const { tell, all } = setUp(3);
    tell({ change });
    expect(await all()).toEqual([]);
  },
);
