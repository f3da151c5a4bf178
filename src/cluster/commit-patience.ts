/**
 * How long the answer to a COMMIT is waited for. It may take as long as any statement and, where the server waits for a replica
 * to acknowledge it, as long as the server waits: only then does it answer. Nobody waits for ever.
 */
import type { NodeStatus } from './node-status.ts';
import { variableOf } from './problems/seen-settings.ts';

/** Unless told otherwise. */
export const defaultLongestCommitMs = 15_000;
/** How long a server is asked for what became of a commit. */
export const settlingMs = 2000;

/** So that whoever has asked for a write is still there when its outcome is known. */
export const longestCommitIn = (requestTimeoutMs: number): number => Math.max(1, requestTimeoutMs - settlingMs);
/** An answer that is due is still on its way. */
const graceMs = 2000;
const acknowledgementTimeouts = ['rpl_semi_sync_source_timeout', 'rpl_semi_sync_master_timeout'] as const;
/** What servers wait unless told otherwise, for accounts that are not told. */
const defaultAcknowledgementMs = 10_000;

export type CommitLimits = { readonly statementTimeoutMs: number; readonly longestCommitMs: number };

/** `null` when the server's commits wait for nobody. */
export function acknowledgementWait(
  status: NodeStatus,
): { readonly variable: string; readonly value: string; readonly ms: number } | null {
  if (status.report?.awaitsAcknowledgement !== true) return null;
  for (const variable of acknowledgementTimeouts) {
    const value = variableOf(status, variable);
    if (value !== undefined) return { variable, value, ms: Number(value) };
  }
  return { variable: acknowledgementTimeouts[0], value: 'unknown', ms: defaultAcknowledgementMs };
}

export function commitPatienceMs(status: NodeStatus | undefined, limits: CommitLimits): number {
  const acknowledged = status === undefined ? null : acknowledgementWait(status);
  const wait = Math.max(limits.statementTimeoutMs, acknowledged?.ms ?? 0) + graceMs;
  return Math.min(wait, limits.longestCommitMs);
}

/** What a commit is waited for at most where it is asked for with such limits. */
export function longestCommitMs(given: {
  readonly statementTimeoutMs: number;
  readonly longestCommitMs?: number;
}): number {
  return Math.max(given.longestCommitMs ?? defaultLongestCommitMs, given.statementTimeoutMs + graceMs);
}

/** The longest wait of a server that is still waited for here. */
export const longestAcknowledgementMs = (commitMs: number): number => commitMs - graceMs;
/** How long a request would have to be given for a commit that waits so long. */
export const requestTimeoutFor = (acknowledgementMs: number): number => acknowledgementMs + graceMs + settlingMs;
