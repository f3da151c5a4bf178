/**
 * How long to wait for the answer to a COMMIT. It may take as long as any statement and, with semi-synchronous replication, as long as
 * the server waits for the acknowledgement: only then does it answer. Every wait has a limit.
 */
import type { NodeStatus } from './node-status.ts';
import { variableOf } from './problems/seen-settings.ts';

/** Default. */
export const defaultMaxCommitMs = 15_000;
/** How long a server is asked for the outcome of a commit. */
export const settlingMs = 2000;

/** So that the requester of a write is still there when its outcome is known. */
export const maxCommitMsWithin = (requestTimeoutMs: number): number => Math.max(1, requestTimeoutMs - settlingMs);
/** Allowance for an answer in flight. */
const graceMs = 2000;
const acknowledgementTimeouts = ['rpl_semi_sync_source_timeout', 'rpl_semi_sync_master_timeout'] as const;
/** The servers' own default, for accounts that cannot read it. */
const defaultAcknowledgementMs = 10_000;

export type CommitLimits = { readonly statementTimeoutMs: number; readonly maxCommitMs: number };

/** `null` if the server's commits wait for no replica. */
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
  return Math.min(wait, limits.maxCommitMs);
}

/** The limit for a commit under these settings. */
export function maxCommitMs(given: { readonly statementTimeoutMs: number; readonly maxCommitMs?: number }): number {
  return Math.max(given.maxCommitMs ?? defaultMaxCommitMs, given.statementTimeoutMs + graceMs);
}

/** The longest wait of a server that is covered here. */
export const maxAcknowledgementMs = (commitMs: number): number => commitMs - graceMs;
/** The request timeout that such a wait would need. */
export const requestTimeoutFor = (acknowledgementMs: number): number => acknowledgementMs + graceMs + settlingMs;
