/**
 * What a MySQL source has logged but does not show yet, because it waits for a replica's acknowledgement. The waiting commits,
 * and everything after them, do not count as seen.
 */
import type { Position } from '../../consistency/position.ts';
import type { Ask, UnshownCommits } from '../mysql-family/unshown-commits.ts';
import { type Row, textOf } from '../rows.ts';
import { MysqlGtidSet } from './gtid-set.ts';

export const mysqlUnshown: UnshownCommits = {
  async without(observed: Position, ask: Ask): Promise<Position> {
    const threads = await ask(waitingThreads);
    if (threads.length === 0 || !(observed instanceof MysqlGtidSet)) return observed;
    return withoutAwaited(observed, threads, (await ask(ownedNow))[0]);
  },
};

/** A waiting thread says so, and owns the GTID it waits for. */
export const waitingThreads =
  "SELECT PROCESSLIST_ID AS thread FROM performance_schema.threads WHERE PROCESSLIST_STATE LIKE 'Waiting for semi-sync ACK%'";
export const ownedNow =
  'SELECT @@GLOBAL.gtid_owned AS owned, @@server_uuid AS uuid, @@GLOBAL.binlog_order_commits AS ordered';

/**
 * `observed` without what these threads wait for, and all behind it: transactions are shown in the order of the log. `own` was
 * asked after the threads: what they owned by then they had not shown before, even if it is the next transaction.
 */
export function withoutAwaited(observed: MysqlGtidSet, threads: readonly Row[], own: Row | undefined): MysqlGtidSet {
  const waiting = new Set(threads.map((row) => textOf(row, 'thread')));
  if (waiting.size === 0 || ['0', 'OFF'].includes(textOf(own, 'ordered'))) return observed;
  const uuid = textOf(own, 'uuid').toLowerCase();
  const awaited = ownedNumbers(textOf(own, 'owned'), uuid).filter(({ thread }) => waiting.has(thread));
  const [first] = awaited.map(({ number }) => number).sort((a, b) => (a < b ? -1 : 1));
  return first === undefined ? observed : observed.minus(MysqlGtidSet.parse(`${uuid}:${first}-${highestNumber}`));
}

const highestNumber = 2n ** 63n - 2n;

/** `uuid:5#31:6#32,uuid:7#33`: a number and the thread that owns it. */
function ownedNumbers(text: string, uuid: string): { readonly number: bigint; readonly thread: string }[] {
  return text
    .replaceAll(/\s/g, '')
    .split(',')
    .filter((stream) => stream.toLowerCase().startsWith(`${uuid}:`))
    .flatMap((stream) => [...stream.slice(uuid.length).matchAll(/:(\d+)#(\d+)/g)])
    .map(([, number = '', thread = '']) => ({ number: BigInt(number), thread }));
}
