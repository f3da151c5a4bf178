import type { Address, ReceiverState } from '../../cluster/failover/member.ts';
import { type Row, textOf } from './server-statements.ts';

type Words = { readonly source: string; readonly replica: string };

export function receiverOf(rows: readonly Row[], { replica }: Words): ReceiverState {
  const [row] = rows;
  if (row === undefined) return 'NONE';
  switch (textOf(row, `${replica}_IO_Running`)) {
    case 'Yes':
      return 'CONNECTED';
    case 'No':
      return 'STOPPED';
    // Also `Preparing`: it has not reached the source.
    default:
      return 'CONNECTING';
  }
}

export function followedBy(rows: readonly Row[], { source }: Words): Address | null {
  const [row] = rows;
  const host = textOf(row, `${source}_Host`);
  return host === '' ? null : { host, port: Number(textOf(row, `${source}_Port`)) };
}
