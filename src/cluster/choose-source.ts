/**
 * Which server gets the writes. Pure. Any writable server may be the source (roles.ts says which ones count), because promotions are
 * also made outside; but two may be writable at once: a source that was considered dead and returns, or a replica that was never made
 * read-only. A write on the wrong one is lost, so of several
 *
 *   1. only those of the newest epoch known to any server count: older ones were deposed. But the server named by this epoch counts
 *      even before it knows of it: a replica may be probed first, or the server be restored from an older copy
 *   2. the one that has the writes already keeps them
 *   3. else the one whose history includes that of all others; of equals, and of servers that replicate each other, the
 *      configured source
 *   4. else none, until an operator decides
 *
 * A source whose connection was lost is not replaced before it was probed: it may still be there. And at a start no source is chosen
 * before all servers were probed, or the first to answer would be.
 */

import { epochOf, sourceIdOf } from './heard-epoch.ts';
import type { NodeStatus } from './node-status.ts';

export function chooseSource(statuses: readonly NodeStatus[]): NodeStatus | undefined {
  const writable = statuses.filter(takesWrites);
  if (writable.length === 0) return undefined;
  const serving = statuses.filter(({ role }) => role !== 'BACKUP');
  const newest = Math.max(...serving.map(({ report }) => epochOf(report)));
  const told = serving.filter(({ report }) => epochOf(report) === newest);
  const named = new Set(told.map(({ report }) => report?.epochs?.at(-1)?.sourceId));
  const isPresent = ({ report }: NodeStatus) =>
    epochOf(report) === newest || (report !== null && named.has(sourceIdOf(report.identity)));
  const present = writable.filter(isPresent);
  const taker = statuses.find(({ tookWrites }) => tookWrites);
  if (taker !== undefined && present.includes(taker)) return taker;
  if (taker === undefined && serving.some(isUntried)) return undefined;
  const expected = taker ?? serving.find(isConfigured);
  if (expected !== undefined && mayStillBeThere(expected) && isPresent(expected)) return undefined;
  if (present.length <= 1) return present[0];
  const ahead = present.filter((status) => present.every((other) => includes(status, other)));
  return ahead.find(isConfigured) ?? (ahead.length === 1 ? ahead[0] : undefined) ?? configuredOfRing(present);
}

/** Each of these will still receive what it lacks of the others. */
function configuredOfRing(present: readonly NodeStatus[]): NodeStatus | undefined {
  const isRing = present.every(({ writableRing }) => present.every(({ node }) => writableRing.includes(node.name)));
  return isRing ? present.find(isConfigured) : undefined;
}

/** The server would accept a write. */
export function takesWrites({ role, state, report }: NodeStatus): boolean {
  return role === 'SOURCE' && (state === 'HEALTHY' || state === 'DEGRADED') && !report?.readOnly;
}

const isConfigured = ({ node }: NodeStatus): boolean => node.configuredRole === 'SOURCE';

const isUntried = ({ state, failures }: NodeStatus): boolean => state === 'UNKNOWN' && failures === 0;

const mayStillBeThere = ({ state, failures }: NodeStatus): boolean => state === 'DOWN' && failures === 0;

function includes(status: NodeStatus, other: NodeStatus): boolean {
  if (status === other) return true;
  const [mine, others] = [status.position, other.position];
  return mine !== null && others !== null && mine.flavour === others.flavour && mine.includes(others);
}
