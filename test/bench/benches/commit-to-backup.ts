/**
 * Orders are created at a steady pace. From the moment a client has its acknowledgement, one connection to the backup
 * asks every few milliseconds which of the acknowledged orders are there: the time until it was told so is an order's delay, so
 * it is never said to be shorter than it was. Measured with the worker in a process of its own, which learns of writes by
 * looking, and with the worker inside the API, which is woken.
 */
import type { Connection } from 'mariadb';
import { systemClock } from '../../../src/platform/clock.ts';
import type { Random } from '../../consistency/random.ts';
import type { Bench } from '../bench.ts';
import { type Finding, finding } from '../finding.ts';
import { pacedLoop } from '../load.ts';
import { percentiles, quantile, rounded } from '../statistics.ts';
import { closeWriters, createOne, openWriters } from '../writers.ts';

const perSecond = 50;
const pollEveryMs = 2;
const warmUpMs = 1000;
const patienceMs = 30_000;

export const commitToBackup: Bench = {
  name: 'commit-to-backup',
  title: `from the acknowledgement of an order to the same order in the backup, ${perSecond} orders a second`,

  async measure({ laboratory, seconds, concurrency, random }) {
    const cluster = await laboratory.cluster('mirrored');
    const backup = await cluster.admin('backup');
    const plan = { ms: (seconds * 1000) / 2, workers: concurrency, random, backup };
    const own = await measureDelays({ ...plan, url: (await laboratory.api('mirrored')).url });
    const api = await laboratory.freshApi('mirrored', { MIRROR_WORKER: 'in-process' });
    await laboratory.stopMirrorWorker();
    const inside = await measureDelays({ ...plan, url: api.url }).finally(() => api.stop());
    await backup.end();
    return {
      findings: [...findingsOf('worker in its own process', own), ...findingsOf('worker in the API', inside)],
      details: {
        pollEveryMs,
        ownProcess: { orders: own.delaysMs.length, delayMs: percentiles(own.delaysMs) },
        insideTheApi: { orders: inside.delaysMs.length, delayMs: percentiles(inside.delaysMs) },
      },
    };
  },
};

type Measured = { readonly delaysMs: readonly number[]; readonly perSecond: number };
type Plan = {
  readonly url: string;
  readonly ms: number;
  readonly workers: number;
  readonly random: Random;
  readonly backup: Connection;
};

function findingsOf(where: string, { delaysMs, perSecond: written }: Measured): Finding[] {
  return [
    finding(`${where}: median`, quantile(delaysMs, 0.5), 'ms', { atMost: 100 }),
    finding(`${where}: p99`, quantile(delaysMs, 0.99), 'ms', { atMost: 1000 }),
    finding(`${where}: orders a second`, rounded(written, 1), '', { atLeast: perSecond * 0.96 }),
  ];
}

let runs = 0;

async function measureDelays({ url, ms, workers, random, backup }: Plan): Promise<Measured> {
  const writers = await openWriters(url, workers);
  const ended = new AbortController();
  const cancel = systemClock.after(ms, () => ended.abort());
  /** When each order that the backup has not shown yet was acknowledged. */
  const awaited = new Map<string, number>();
  const delaysMs: number[] = [];
  const startMs = systemClock.monotonic();
  runs += 1;
  let created = 0;
  const load = pacedLoop(
    {
      workers,
      perSecond,
      operation: async (index) => {
        const writer = writers[index];
        if (writer === undefined) throw new Error('nobody writes');
        created += 1;
        const number = `BACKUP-${runs}-${created}`;
        await createOne(writer, random, { token: writer.token }, number);
        awaited.set(number, systemClock.monotonic());
      },
    },
    ended.signal,
  );
  let isWriting = true;
  const writing = load.finally(() => {
    isWriting = false;
  });
  // Whoever awaits it comes later.
  writing.catch(() => undefined);
  const deadlineMs = startMs + ms + patienceMs;
  while (isWriting || awaited.size > 0) {
    if (systemClock.monotonic() > deadlineMs) throw new Error(`${awaited.size} orders did not reach the backup`);
    for (const number of await present(backup, [...awaited.keys()])) {
      const acknowledgedMs = awaited.get(number) ?? 0;
      awaited.delete(number);
      if (acknowledgedMs - startMs > warmUpMs) delaysMs.push(systemClock.monotonic() - acknowledgedMs);
    }
    await systemClock.sleep(pollEveryMs);
  }
  cancel();
  const { perSecond: written } = await writing;
  closeWriters(writers);
  return { delaysMs, perSecond: written };
}

async function present(backup: Connection, numbers: readonly string[]): Promise<string[]> {
  if (numbers.length === 0) return [];
  const rows: { number: string }[] = await backup.query('SELECT number FROM orders WHERE number IN (?)', [numbers]);
  return rows.map(({ number }) => number);
}
