/**
 * Where a server's timelines came from, from the history files beside its log. A file never changes while the server runs, but
 * another one may be added by a promotion. Reading files is a superuser's right by default; `cluster_timelines()` is a function
 * that does it for others.
 */
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import { rowsOf, textOf } from '../rows.ts';
import { ancestorsIn, type Timelines } from './standing.ts';
import { isTrue, type WalState } from './wal-state.ts';

/** Asked without an error, which would end a transaction: a function that is not there, or a right that is missing. */
const rights = `SELECT COALESCE(has_function_privilege(to_regprocedure('cluster_timelines()'), 'EXECUTE'), false) AS by_function,
  has_function_privilege('pg_read_file(text)', 'EXECUTE') AND has_function_privilege('pg_ls_waldir()', 'EXECUTE') AS by_file`;
const byFunction = 'SELECT name, history FROM cluster_timelines()';
const byFile =
  "SELECT name, pg_read_file('pg_wal/' || name) AS history FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{8}[.]history$'";

const unread: Timelines = new Map();

/** Empty for an account that may not read them. */
export async function readTimelines(connection: Pick<Connection, 'query'>): Promise<Timelines> {
  const [may = {}] = rowsOf(await connection.query(rights));
  const question = isTrue(may, 'by_function') ? byFunction : isTrue(may, 'by_file') ? byFile : null;
  if (question === null) return unread;
  const files = rowsOf(await connection.query(question));
  return new Map(
    files.map((row) => [Number.parseInt(textOf(row, 'name').slice(0, 8), 16), ancestorsIn(textOf(row, 'history'))]),
  );
}

/** Whether the state can be read with these histories. A standby that receives nothing may have gone over to any later one. */
export function suffices(state: WalState, timelines: Timelines): boolean {
  const timeline = state.standby ? state.receives : state.timeline;
  return timeline === 1 || (timeline !== null && timelines.has(timeline));
}

const againAfterMs = 1000;

/** Keeps what was read for as long as it suffices. */
export class KnownTimelines {
  readonly #clock: Clock;
  /** A server may come back with the data of another only when it is started again. */
  readonly #read = new WeakMap<object, { readonly atMs: number; readonly timelines: Timelines }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async for(connection: Connection, state: WalState): Promise<Timelines> {
    const known = this.#read.get(connection);
    if (known !== undefined && suffices(state, known.timelines)) return known.timelines;
    if (known === undefined && suffices(state, unread)) return unread;
    const atMs = this.#clock.monotonic();
    if (known !== undefined && atMs - known.atMs < againAfterMs) return known.timelines;
    const timelines = await readTimelines(connection);
    this.#read.set(connection, { atMs, timelines });
    return timelines;
  }
}
