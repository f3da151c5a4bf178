/**
 * What a source has logged and shows to nobody yet, because it waits for a replica's acknowledgement: the words. The rule is in
 * `unshown-commits.ts`.
 */
import { MysqlGtidSet } from '../mysql/gtid-set.ts';
import { type Row, textOf } from '../server-statements.ts';

/** MariaDB: up to which place in its log it shows everything, and how many wait. Blocks on nobody, unlike all else about logs. */
export const shownOfLog =
  "SHOW STATUS WHERE Variable_name IN ('Binlog_snapshot_file', 'Binlog_snapshot_position', 'Rpl_semi_sync_master_wait_sessions')";

export type Place = { readonly file: string; readonly position: bigint };

/** `null` when the server writes no log. */
export function placeShown(shown: readonly Row[]): Place | null {
  const file = variable(shown, 'binlog_snapshot_file');
  const position = variable(shown, 'binlog_snapshot_position');
  return /^[\w.-]+$/.test(file) && /^\d+$/.test(position) ? { file, position: BigInt(position) } : null;
}

export function isAwaited(shown: readonly Row[]): boolean {
  return Number(variable(shown, 'rpl_semi_sync_master_wait_sessions')) > 0;
}

/** The position at a place. Reads the log from the beginning of the file: a hundred megabytes in some 20 ms. */
export const positionAt = ({ file, position }: Place) => `SELECT BINLOG_GTID_POS('${file}', ${position}) AS position`;

function variable(rows: readonly Row[], name: string): string {
  return textOf(
    rows.find((row) => textOf(row, 'Variable_name').toLowerCase() === name),
    'Value',
  );
}

/** MySQL: whoever waits says so, and owns what it waits for. */
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
