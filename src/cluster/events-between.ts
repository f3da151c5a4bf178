/**
 * The events between two snapshots of the cluster. Pure.
 *
 * A node that is healthy when first seen is not an event: a start reports problems only. What is undecided, because servers have not been
 * probed, waits until it is decided.
 */
import type { ClusterHappening } from './cluster-event.ts';
import {
  type ClusterSnapshot,
  isDecided,
  lastSource,
  statusOf,
  straySources,
  writableSource,
} from './cluster-snapshot.ts';
import type { NodeStatus } from './node-status.ts';
import { type ReadsServedBy, readsServedBy } from './reads-served-by.ts';

/** `floor` is the minimum number of serving replicas, late or not. */
export function eventsBetween(before: ClusterSnapshot, after: ClusterSnapshot, floor = 0): readonly ClusterHappening[] {
  return [
    ...after.flatMap((status) => nodeEvents(statusOf(before, status.node.name), status)),
    ...readEvents(readsServedBy(before, floor), readsServedBy(after, floor)),
    ...sourceEvents(before, after),
    ...conflictEvents(before, after),
  ];
}

function nodeEvents(before: NodeStatus | undefined, after: NodeStatus): readonly ClusterHappening[] {
  return before === undefined ? [] : [...stateEvents(before, after), ...errantEvents(before, after)];
}

/** At most so many are named; the rest is a count. */
const namedErrant = 20;

/** Reported once: a server on which more is found later is out of service already. */
function errantEvents(before: NodeStatus, { node, role, errant }: NodeStatus): readonly ClusterHappening[] {
  if (before.errant.length > 0 || errant.length === 0) return [];
  const rest = errant.length - namedErrant;
  const transactions = [...errant.slice(0, namedErrant), ...(rest > 0 ? [`${rest} more`] : [])];
  return [{ name: 'ERRANT_TRANSACTION_FOUND', node: node.name, facts: { role, transactions } }];
}

function stateEvents(before: NodeStatus, after: NodeStatus): readonly ClusterHappening[] {
  const { node, state, role, trouble } = after;
  if (before.state === state) return [];
  const facts = { role, trouble, before: before.state };
  switch (state) {
    case 'DOWN':
      return [{ name: 'NODE_DOWN', node: node.name, facts }];
    case 'DEGRADED':
      return [{ name: 'NODE_DEGRADED', node: node.name, facts }];
    case 'HEALTHY':
      return before.state === 'UNKNOWN'
        ? []
        : [{ name: 'NODE_RESTORED', node: node.name, facts: { role, before: before.state } }];
    case 'UNKNOWN':
      return [];
    default:
      return state satisfies never;
  }
}

function readEvents(before: ReadsServedBy, after: ReadsServedBy): readonly ClusterHappening[] {
  if (after.kind === 'UNDECIDED') return [];
  const facts = { from: before.nodes, to: after.nodes };
  if (after.kind === 'NONE') {
    return before.kind === 'NONE' ? [] : [{ name: 'LIMITED_FUNCTIONALITY_ENTERED', node: null, facts }];
  }
  const events: ClusterHappening[] = [];
  if (before.kind === 'NONE') events.push({ name: 'LIMITED_FUNCTIONALITY_LEFT', node: null, facts });
  if (after.kind === 'PREFERRED') {
    const came = before.kind === 'FALLBACK' || before.kind === 'NONE';
    if (came) events.push({ name: 'READS_MOVED_TO_PREFERRED', node: null, facts });
  } else if (before.kind !== 'FALLBACK' || String(before.nodes) !== String(after.nodes)) {
    events.push({ name: 'READS_MOVED_TO_FALLBACK', node: null, facts });
  }
  return events;
}

function sourceEvents(before: ClusterSnapshot, after: ClusterSnapshot): readonly ClusterHappening[] {
  const was = writableSource(before);
  const is = writableSource(after);
  const last = lastSource(before)?.node.name ?? null;
  const wasDecided = was !== undefined || isDecided(before);
  if (is === undefined) {
    const lost = was !== undefined || !wasDecided;
    return lost && isDecided(after) ? [{ name: 'SOURCE_LOST', node: last, facts: {} }] : [];
  }
  const { name } = is.node;
  if (last !== null && last !== name) return [{ name: 'SOURCE_CHANGED', node: name, facts: { before: last } }];
  return was === undefined && wasDecided ? [{ name: 'SOURCE_RESTORED', node: name, facts: {} }] : [];
}

function conflictEvents(before: ClusterSnapshot, after: ClusterSnapshot): readonly ClusterHappening[] {
  const [was, is] = [strays(before), strays(after)];
  const source = writableSource(after)?.node.name ?? null;
  const found = is.filter((name) => !was.includes(name));
  const solved = was.filter((name) => !is.includes(name));
  return [
    ...found.map((node): ClusterHappening => ({ name: 'SOURCE_CONFLICT_FOUND', node, facts: { source } })),
    ...solved.map((node): ClusterHappening => ({ name: 'SOURCE_CONFLICT_SOLVED', node, facts: { source } })),
  ];
}

function strays(snapshot: ClusterSnapshot): readonly string[] {
  return isDecided(snapshot) ? straySources(snapshot).map(({ node }) => node.name) : [];
}
