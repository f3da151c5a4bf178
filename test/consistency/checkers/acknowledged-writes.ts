// No acknowledged write is lost. After the last write, every order is read from the source: it is there unless a delete
// may have taken effect, gone if a delete was acknowledged, and its version counts every acknowledged update and, at most,
// every indeterminate one besides. Two writes acknowledged with one version are one lost write.
// A history without final reads is not judged; a final read that leaves an order out is.
import { isRead } from '../history.ts';
import type { Anomaly } from './anomaly.ts';
import type { Evidence } from './evidence.ts';
import type { IntendedWrite } from './intended-writes.ts';
import { deletedForGood, describeRank } from './rank.ts';

type End = { readonly version: number | null; readonly operation: number; readonly session: number };

export function acknowledgedWrites({ operations, writes }: Evidence): Anomaly[] {
  const ends = new Map<string, End>();
  for (const operation of operations) {
    if (!isRead(operation) || !operation.final) continue;
    for (const { order, version } of operation.seen)
      ends.set(order, { version, operation: operation.id, session: operation.session });
  }
  const byOrder = new Map<string, IntendedWrite[]>();
  for (const write of writes.all) {
    if (write.order !== null) byOrder.set(write.order, [...(byOrder.get(write.order) ?? []), write]);
  }
  return [...byOrder].flatMap(([order, intended]) => {
    const collisions = sameVersionTwice(order, intended);
    return ends.size === 0 ? collisions : [...collisions, ...lost(order, intended, ends.get(order))];
  });
}

function sameVersionTwice(order: string, intended: readonly IntendedWrite[]): Anomaly[] {
  const first = new Map<number, IntendedWrite>();
  const anomalies: Anomaly[] = [];
  for (const write of intended) {
    if (write.fate !== 'committed' || write.rank === null) continue;
    const other = first.get(write.rank);
    if (other)
      anomalies.push(
        complain(write, [other], `order ${order} got ${describeRank(write.rank)} from two acknowledged writes`),
      );
    else first.set(write.rank, write);
  }
  return anomalies;
}

function lost(order: string, intended: readonly IntendedWrite[], end: End | undefined): Anomaly[] {
  const acknowledged = intended.filter((write) => write.fate === 'committed');
  const last = acknowledged.toSorted((left, right) => (left.rank ?? 0) - (right.rank ?? 0)).at(-1);
  if (last === undefined) return [];
  const tell = (what: string) => [complain(last, [], `order ${order}: ${what}`, end)];
  if (end === undefined) return tell('it was not read from the source at the end');
  const mayBeDeleted = intended.some((write) => write.kind === 'delete' && write.fate !== 'rejected');
  if (end.version === null) return mayBeDeleted ? [] : tell('acknowledged, never deleted, and gone at the end');
  if (last.rank === deletedForGood)
    return tell(`its deletion was acknowledged and version ${end.version} is there at the end`);
  const updates = intended.filter((write) => write.kind === 'update' && write.fate !== 'rejected');
  const certain = updates.filter((write) => write.fate === 'committed').length;
  const least = Math.max(1 + certain, last.rank ?? 1);
  const most = 1 + updates.length;
  if (end.version >= least && end.version <= most) return [];
  return tell(
    `${certain} of ${updates.length} updates are acknowledged up to version ${last.rank}, and it ends at ${end.version}`,
  );
}

function complain(write: IntendedWrite, others: readonly IntendedWrite[], what: string, end?: End): Anomaly {
  const told = [...others, write].map(({ attempts }) => attempts.at(-1)?.id ?? attempts[0].id);
  return {
    guarantee: 'acknowledged writes last',
    session: write.session,
    operations: end === undefined ? told : [...told, end.operation],
    explanation: `${what} (op ${told.join(', op ')}${end === undefined ? '' : `, final op ${end.operation}`})`,
  };
}
