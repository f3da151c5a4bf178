/** Answers of common operations: served from a read made for another client, and refreshed for later ones. */
import type { ExecutionResult } from 'graphql';
import type { CachedAnswer } from '../../cache/cached-answer.ts';
import type { Fill } from '../../cache/fill.ts';
import type { CacheHit } from '../../cache/read-cache.ts';
import { nodeRoles } from '../../cluster/node.ts';
import { currentEpoch } from '../../consistency/epoch.ts';
import { advanceSession, emptySession } from '../../consistency/session.ts';
import { besides } from '../../consistency/session-guarantee.ts';
import type { OrdersPinnedSession } from '../../database/orders/orders-client.ts';
import { type KeptReads, keptReads, readToKeep } from '../../orders/kept-reads.ts';
import { readOrders } from '../../orders/order-reads.ts';
import type { CommonReads } from '../orders/common-order-reads.ts';
import type { ExecutedAnswers } from './executed-answers.ts';
import type { Operation } from './operation.ts';
import type { ResumedPast } from './resume-tokens.ts';

/** Or the lost nodes, if the part that is not cached could not be read. */
export type Shown = { readonly result: ExecutionResult } | { readonly lostNodes: ReadonlySet<string> };

/** What is shown counts as seen; the part that is not cached is read at a position that includes it. */
export async function showKept(
  operation: Operation,
  executed: ExecutedAnswers,
  past: ResumedPast,
  { answer, ageMs, waitedMs }: CacheHit,
  reads: CommonReads,
): Promise<Shown> {
  const { asked, options, signal } = operation;
  const { node, seen: shown } = answer;
  const { session } = past;
  const required = besides(past.required, shown);
  const pinned = options.database.openSession({ session, required, writes: false, signal });
  try {
    if (asked.level !== 'EVENTUAL') pinned.adopt(shown, options.clock.now());
    const result = await executeKept(operation, executed, answer, pinned, reads);
    if (pinned.lostNodes !== null) return { lostNodes: pinned.lostNodes };
    await pinned.observe();
    const role = nodeRoles.find((known) => known === answer.role) ?? 'REPLICA';
    const hit = { node, role, reason: 'cache-hit', waitedMs } as const;
    return { result: operation.finish(result, past, pinned, pinned.decision ?? hit, ageMs) };
  } finally {
    pinned.end();
  }
}

/** Repeats the reads of the operation for the cache only, and executes it, so that the next client finds both. */
export async function refreshKept(
  operation: Operation,
  executed: ExecutedAnswers,
  { session, required }: ResumedPast,
  reads: CommonReads,
  fill: Fill,
): Promise<void> {
  const { database } = operation.options;
  const pinned = database.openSession({ session, required, writes: false, snapshot: true });
  let kept: CachedAnswer | null = null;
  try {
    const values = await pinned.run(() => readToKeep(readOrders(pinned), reads.reads));
    kept = await keepAnswer(operation, fill, values, pinned);
  } finally {
    pinned.end();
  }
  if (kept === null || !reads.alone) return;
  const showing = database.openSession({ session, required: besides(required, kept.seen), writes: false });
  try {
    await executeKept(operation, executed, kept, showing, reads);
  } finally {
    showing.end();
  }
}

/** Only what was read completely, at a known position, in the history that the question was asked in. */
export async function keepAnswer(
  { options: { database } }: Operation,
  fill: Fill,
  values: KeptReads | null,
  { decision, snapshotPositions: positions, session }: OrdersPinnedSession,
): Promise<CachedAnswer | null> {
  if (values === null || positions === null || decision === null) return null;
  if (!database.tellsPosition(decision.node)) return null;
  if (decision.role === 'BACKUP' || currentEpoch(database.epochs) !== session.epoch) return null;
  const { node, role } = decision;
  return fill.keep({ node, role, includes: positions.reached, seen: positions.observed, values });
}

async function executeKept(
  operation: Operation,
  executed: ExecutedAnswers,
  answer: CachedAnswer,
  pinned: OrdersPinnedSession,
  reads: CommonReads,
): Promise<ExecutionResult> {
  const known = reads.alone ? executed.find(answer, reads) : null;
  if (known !== null) return known;
  const { clock, clusterId } = operation.options;
  // A client that pages on has seen this page; what else it has seen is in its own token.
  const seen = advanceSession(emptySession(clusterId, answer.epoch), answer.seen, clock.now());
  const pageToken = async () => operation.token(seen);
  const result = await operation.execute(pinned, keptReads(answer.values, readOrders(pinned)), { pageToken });
  if (reads.alone && pinned.decision === null && result.errors === undefined && result.data) {
    executed.keep(answer, reads, result.data);
  }
  return result;
}
