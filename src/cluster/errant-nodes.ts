/**
 * Which servers hold transactions that the source has never had: a source that was replaced and came back, a replica that
 * somebody wrote to. They show their readers another past, so they are DEGRADED and serve nobody. Pure.
 *
 *   sound    --a look finds transactions that a later look at the source lacks--> suspect, and looked at again
 *   suspect  --the next look finds them as well--> errant
 *   either   --a look finds none--> sound
 *
 * A replica is ordinarily ahead of what was last seen of its source, so only a look at the source that began after the
 * replica had answered counts. One look is not enough: a server logs a transaction a moment before its row of
 * `cluster_epochs` can be read. On MariaDB the source will give out the errant number itself: there a server stays errant
 * until its log has gone back, or another server answers in its place. Without a source nothing is judged, and what was found stays.
 * Members of a replication group are left out. The group takes in nobody who holds more than it does, and a new primary
 * takes writes before it has applied all that others have.
 */
import { type ClusterSnapshot, writableSource } from './cluster-snapshot.ts';
import { errantTransactions } from './errant-transactions.ts';
import { degraded, errantTrouble } from './health.ts';
import type { NodeStatus } from './node-status.ts';

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

function judge(status: NodeStatus, source: NodeStatus, look: Set<string>): NodeStatus {
  const { report, suspect, errant, node, successes } = status;
  if (status === source) return sound(status);
  // What it said before it was away is no news.
  if (successes === 0) return status;
  if (report === null || node.configuredRole === 'BACKUP' || report.member !== undefined) return status;
  const found = transactionsBeyond(status, source);
  if (found === null) return status;
  if (found.length === 0) return suspect !== null && errant.length > 0 && isNumbered(status) ? status : sound(status);
  if (suspect === report) return status;
  if (!wasSeenAfter(source, status)) {
    look.add(source.node.name);
    return status;
  }
  if (suspect === null && errant.length === 0) {
    look.add(node.name);
    return { ...status, suspect: report };
  }
  const marked = { ...status, suspect: report, errant: found };
  return status.state === 'HEALTHY' || status.state === 'DEGRADED' ? degraded(marked, errantTrouble(found)) : marked;
}

/** `null` when nobody can tell. */
function transactionsBeyond({ report }: NodeStatus, source: NodeStatus): string[] | null {
  if (report === null || source.report === null || source.position === null) return null;
  const position = report.holds ?? report.position;
  if (position.flavour !== source.position.flavour) return null;
  return errantTransactions(
    { position, epochs: report.epochs },
    { position: source.position, epochs: source.report.epochs },
  );
}

/** MariaDB compares numbers only, and the source gives out the errant one itself in time. */
const isNumbered = ({ report }: NodeStatus): boolean => report?.position.flavour === 'mariadb';

const wasSeenAfter = (source: NodeStatus, { reportedMs }: NodeStatus): boolean =>
  source.asOfMs !== null && reportedMs !== null && source.asOfMs >= reportedMs;

function sound(status: NodeStatus): NodeStatus {
  return status.suspect === null && status.errant.length === 0 ? status : { ...status, suspect: null, errant: [] };
}
