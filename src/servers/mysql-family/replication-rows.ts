import { type Channel, summaryOf } from '../../cluster/channel.ts';
import type { Address, ReceiverState } from '../../cluster/failover/member.ts';
import { type Row, textOf } from '../rows.ts';
import type { ReplicationState } from './server-statements.ts';

/** The terms for the two sides, for the source's own id and for the name of a channel, as used in column names. */
export type ReplicationWords = {
  readonly source: string;
  readonly replica: string;
  readonly sourceId: string;
  readonly channel: string;
};
type Words = Pick<ReplicationWords, 'source' | 'replica'>;

/** Replication as a kind of the family prints it: one row per channel, with the kind's own terms in the column names. */
export function replicationState(
  rows: readonly Row[],
  words: ReplicationWords,
): ReplicationState & Required<Pick<ReplicationState, 'channels' | 'delayMs'>> {
  const channels = rows.map((row) => channelOf(row, words));
  return { ...summaryOf(channels), channels };
}

function channelOf(row: Row, { source, replica, sourceId, channel }: ReplicationWords): Channel {
  const id = textOf(row, sourceId).toLowerCase();
  const lagSeconds = textOf(row, `Seconds_Behind_${source}`);
  return {
    name: textOf(row, channel),
    // A server that has not been connected since its start reports 0.
    sourceId: id === '' || id === '0' ? null : id,
    host: textOf(row, `${source}_Host`),
    port: Number(textOf(row, `${source}_Port`)),
    receiving: textOf(row, `${replica}_IO_Running`) !== 'No',
    applying: textOf(row, `${replica}_SQL_Running`) === 'Yes',
    delayMs: Number(textOf(row, 'SQL_Delay')) * 1000,
    lagMs: lagSeconds === '' ? null : Number(lagSeconds) * 1000,
    error: errorOf(row),
  };
}

/** Only the number: the text contains the statement that failed, with its values. */
function errorOf(row: Row): string | null {
  const numbers = [textOf(row, 'Last_SQL_Errno'), textOf(row, 'Last_IO_Errno')];
  const number = numbers.find((text) => text !== '' && text !== '0');
  return number === undefined ? null : `error ${number}`;
}

export function receiverOf(rows: readonly Row[], { replica }: Words): ReceiverState {
  const [row] = rows;
  if (row === undefined) return 'NONE';
  switch (textOf(row, `${replica}_IO_Running`)) {
    case 'Yes':
      return 'CONNECTED';
    case 'No':
      return 'STOPPED';
    // Also `Preparing`: it has not reached the source yet.
    default:
      return 'CONNECTING';
  }
}

export function followedBy(rows: readonly Row[], { source }: Words): Address | null {
  const [row] = rows;
  const host = textOf(row, `${source}_Host`);
  return host === '' ? null : { host, port: Number(textOf(row, `${source}_Port`)) };
}
