/**
 * Which servers hold errant transactions, which the source has never had: a former source that came back, or a replica that was
 * written to. They show their readers another past, so they are DEGRADED and serve no reads. Pure.
 *
 *   sound    --a probe finds transactions that a later probe of the source lacks--> suspect
 *   suspect  --a probe some seconds later finds some, and the source still lacks the first ones--> errant
 *   either   --a probe finds none--> sound
 *
 * A replica is usually ahead of what was last seen of its source, so only a probe of the source that began after the replica had
 * answered counts. And it may have applied what the source is still waiting to commit, or logged a promotion whose row becomes readable
 * a moment later: so one probe is not enough, nor two at once. Where numbers are reused, the source will reuse the errant one itself:
 * there a server stays errant until its log has gone back, or another server answers at its address.
 * Without a source nothing is judged, and verdicts stay.
 * Members of a replication group are left out. The group admits no server that has more than it does, and a new primary accepts writes
 * before it has applied everything.
 */
import type { Position } from '../consistency/position.ts';
import { type ClusterSnapshot, writableSource } from './cluster-snapshot.ts';
import { errantTransactions } from './errant-transactions.ts';
import { degraded, errantTrouble } from './health.ts';
import type { NodeStatus, ProbeReport } from './node-status.ts';

export type ErrantJudgement = {
  /** The same one if nothing has changed. */
  readonly snapshot: ClusterSnapshot;
  /** Servers that must be probed now, for a verdict. */
  readonly probe: readonly string[];
};

export function judgeErrant(snapshot: ClusterSnapshot): ErrantJudgement {
  const source = writableSource(snapshot);
  if (source === undefined) return { snapshot, probe: [] };
  const probe = new Set<string>();
  const judged = snapshot.map((status) => judge(status, source, probe));
  const changed = judged.some((status, index) => status !== snapshot[index]);
  return { snapshot: changed ? judged : snapshot, probe: [...probe] };
}

/** Longer than a commit waits for a replica in the shipped configuration. */
export const errantSettleMs = 2500;

function judge(status: NodeStatus, source: NodeStatus, probe: Set<string>): NodeStatus {
  const { report, suspect, errant, node, successes, reportedMs } = status;
  if (status === source) return sound(status);
  // What it reported before it was lost is outdated.
  if (successes === 0 || reportedMs === null || source.asOfMs === null) return status;
  if (report === null || node.configuredRole === 'BACKUP' || report.member !== undefined) return status;
  const found = transactionsBeyond(report, report, source);
  if (found === null) return status;
  if (found.length === 0) return suspect !== null && errant.length > 0 && isNumbered(status) ? status : sound(status);
  if (source.asOfMs < reportedMs) {
    if (suspect === null) probe.add(source.node.name);
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

/** What a server had in `held` and the source lacks, judged by the epochs of `now`. `null` if that cannot be determined. */
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

/** The source reuses the errant number itself in time. */
const isNumbered = ({ report }: NodeStatus): boolean => report?.position.reusesNumbers ?? false;

function sound(status: NodeStatus): NodeStatus {
  return status.suspect === null && status.errant.length === 0 ? status : { ...status, suspect: null, errant: [] };
}
