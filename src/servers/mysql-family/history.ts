/**
 * What a server is asked about its own history if a request names a position that it is not known to have.
 *
 * A transaction counts as logged before it is acknowledged, so a replica can show nothing that is missing here. A replica
 * may still get what it lacks: what it has received, and what is on its way.
 */

import type { HistoryAnswer } from '../../cluster/node-probe.ts';
import type { Position } from '../../consistency/position.ts';
import type { PositionKind } from '../../consistency/position-kind.ts';
import type { Connection } from '../connection.ts';
import type { HistoryFacts } from '../flavour.ts';
import { type Row, rowsOf, textOf } from '../rows.ts';
import { refusedByOf } from './write-refusal.ts';

/** How one kind of server is asked, and how its answers are read. */
export interface HistoryQuestions {
  readonly positions: PositionKind;
  /** One row: `identity`, `refusedBy`, and what the others here read. */
  readonly own: string;
  /** Rows about its replication. */
  readonly replication: string;
  /** The column of those rows with the received position. */
  readonly receivedColumn: string;
  /** Column `received`: what members deliver to each other without an explicit source; `null` if there is none. */
  readonly group: string | null;
  facts(row: Row): Pick<HistoryFacts, 'all' | 'byServer' | 'applied'>;
  histories(row: Row): Pick<HistoryAnswer, 'logged' | 'settled'>;
}

export async function readHistory(connection: Connection, questions: HistoryQuestions): Promise<HistoryAnswer> {
  const { own, replication, group } = questions;
  const [row, channels, members] = await Promise.all([
    firstRow(connection, own),
    connection.query(replication).then(rowsOf),
    group === null ? [] : connection.query(group).then(rowsOf, noneWhenDenied),
  ]);
  return historyAnswer(questions, row, channels, members);
}

/** Excludes what its group delivers if `members` is false; without the right to ask for it, nothing counts as delivered. */
export async function readHistoryFacts(
  connection: Connection,
  questions: HistoryQuestions,
  { members }: { readonly members: boolean },
): Promise<HistoryFacts> {
  const { own, replication, group } = questions;
  const row = await firstRow(connection, own);
  const channels = rowsOf(await connection.query(replication));
  const delivered = !members || group === null ? [] : await connection.query(group).then(rowsOf, () => []);
  return historyFacts(questions, row, channels, delivered);
}

export function historyAnswer(
  questions: HistoryQuestions,
  row: Row,
  channels: readonly Row[],
  members: readonly Row[],
): HistoryAnswer {
  const { identity, readOnly, received, receives } = historyFacts(questions, row, channels, members);
  return { identity, readOnly, received, receives, ...questions.histories(row) };
}

function historyFacts(
  { positions, receivedColumn, facts }: HistoryQuestions,
  row: Row,
  channels: readonly Row[],
  members: readonly Row[],
): HistoryFacts {
  const running = channels.filter((channel) => isYes(channel, ['Slave_SQL_Running', 'Replica_SQL_Running']));
  const texts = [
    ...running.map((channel) => textOf(channel, receivedColumn)),
    ...members.map((member) => textOf(member, 'received')),
  ];
  const received = texts
    .map((text) => positions.parse(text))
    .reduce<Position | null>((all, one) => all?.merge(one) ?? one, null);
  const own = facts(row);
  return {
    identity: textOf(row, 'identity'),
    readOnly: refusedByOf(row).length > 0,
    receives: running.some((channel) => isYes(channel, ['Slave_IO_Running', 'Replica_IO_Running'])),
    received,
    ...own,
    all: received === null ? own.all : own.all.merge(received),
  };
}

const isYes = (row: Row, columns: readonly string[]) => columns.some((column) => textOf(row, column) === 'Yes');

async function firstRow(connection: Connection, sql: string): Promise<Row> {
  return rowsOf(await connection.query(sql))[0] ?? {};
}

const denied: ReadonlySet<unknown> = new Set([1142, 1227]);
export const isDenied = (error: unknown): boolean =>
  error instanceof Error && 'errno' in error && denied.has(error.errno);

function noneWhenDenied(error: unknown): readonly Row[] {
  if (isDenied(error)) return [];
  throw error;
}
