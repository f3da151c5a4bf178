/**
 * Which servers hold transactions that the source has never had: a source that was replaced and came back, a replica that
 * somebody wrote to. They show their readers another past, so they are DEGRADED and serve nobody. Pure.
 *
 *   sound    --a look finds transactions that a later look at the source lacks--> suspect
 *   suspect  --a look some seconds later finds some, and the source lacks the first ones still--> errant
 *   either   --a look finds none--> sound
 *
 * A replica is ordinarily ahead of what was last seen of its source, so only a look at the source that began after the
 * replica had answered counts. And it may have applied what the source is still waiting to commit, or logged a promotion
 * whose row can be read a moment later: so one look is not enough, nor two at once. Where numbers are given out again, the
 * source will give out the errant one itself: there a server stays errant until its log has gone back, or another one answers in its place.
 * Without a source nothing is judged, and what was found stays.
 * Members of a replication group are left out. The group takes in nobody who holds more than it does, and a new primary
 * takes writes before it has applied all that others have.
 */
import type { Position } from '../consistency/position.ts';
import { type ClusterSnapshot, writableSource } from './cluster-snapshot.ts';
import { errantTransactions } from './errant-transactions.ts';
import { degraded, errantTrouble } from './health.ts';
import type { NodeStatus, ProbeReport } from './node-status.ts';

export type ErrantJudgement = {
  /** The same one when nothing has changed. */
  readonly snapshot: ClusterSnapshot;
  /** Servers that have to be looked at now, for a verdict. */
  readonly look: readonly string[];
};

export function judgeErrant(snapshot: ClusterSnapshot): ErrantJudgement {
  const source = writableSource(snapshot);
  if (source === undefined) return { snapshot, look: [] };
  const look = new Set<string>();
  const judged = snapshot.map((status) => judge(status, source, look));
  const changed = judged.some((status, index) => status !== snapshot[index]);
  return { snapshot: changed ? judged : snapshot, look: [...look] };
}

/** Longer than a commit waits for a replica in the shipped configuration. */
export const errantSettleMs = 2500;

function judge(status: NodeStatus, source: NodeStatus, look: Set<string>): NodeStatus {
  const { report, suspect, errant, node, successes, reportedMs } = status;
  if (status === source) return sound(status);
  // What it said before it was away is no news.
  if (successes === 0 || reportedMs === null || source.asOfMs === null) return status;
  if (report === null || node.configuredRole === 'BACKUP' || report.member !== undefined) return status;
  const found = transactionsBeyond(report, report, source);
  if (found === null) return status;
  if (found.length === 0) return suspect !== null && errant.length > 0 && isNumbered(status) ? status : sound(status);
  if (source.asOfMs < reportedMs) {
    if (suspect === null) look.add(source.node.name);
    return status;
  }
  if (suspect === null && errant.length === 0) return { ...status, suspect: { report, sinceMs: reportedMs } };
  if (errant.length === 0 && suspect !== null) {
    if (reportedMs < suspect.sinceMs + errantSettleMs) return status;
    const remaining = transactionsBeyond(suspect.report, report, source);
    if (remaining?.length === 0) return { ...status, suspect: { report, sinceMs: reportedMs } };
  }
  if (String(errant) === String(found) && suspect !== null) return status;
  const marked = { ...status, suspect: suspect ?? { report, sinceMs: reportedMs }, errant: found };
  return status.state === 'HEALTHY' || status.state === 'DEGRADED' ? degraded(marked, errantTrouble(found)) : marked;
}

/** What a server held by `held` and the source does not, as the epochs of `now` tell. `null` when nobody can tell. */
function transactionsBeyond(held: ProbeReport, now: ProbeReport, source: NodeStatus): readonly string[] | null {
  if (source.report === null || source.position === null) return null;
  const [position, known] = [holdings(held), holdings(source.report)];
  if (position.flavour !== source.position.flavour || known.flavour !== position.flavour) return null;
  return errantTransactions(
    { position, epochs: now.epochs },
    { position: source.position.merge(known), epochs: source.report.epochs },
  );
}

const holdings = ({ position, holds = position }: ProbeReport): Position => holds;

/** The source gives out the errant number itself in time. */
const isNumbered = ({ report }: NodeStatus): boolean => report?.position.reusesNumbers ?? false;

function sound(status: NodeStatus): NodeStatus {
  return status.suspect === null && status.errant.length === 0 ? status : { ...status, suspect: null, errant: [] };
}
