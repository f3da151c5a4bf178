/**
 * Which server is sent the writes. Pure. Whoever is writable is followed (roles.ts says who counts as that), because promotions are made outside as well; but
 * two may be writable at once: a source that was taken for dead and returns, a replica that somebody forgot to stop.
 * A write on the wrong one is a write lost, so of several
 *
 *   1. only those of the newest epoch that any server knows of count: what is older was deposed. But the server that this epoch
 *      names counts before it has heard of it: a replica may be looked at first, or the server be restored from an older copy
 *   2. the one that takes the writes already keeps them
 *   3. else the one whose history includes that of all others; of equal ones, and of such as replicate each other, the
 *      configured source
 *   4. else nobody, until somebody decides
 *
 * Nobody takes the place of a source whose connection was lost before it was looked at: it may be there all the same. And at
 * a start nobody is chosen before everybody was looked at, or whoever answers first would be.
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

/** What each of these lacks of the others is on its way to it. */
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
