import type { Position } from '../consistency/position.ts';
import type { SourceHistory } from '../consistency/source-history.ts';
import type { Node, NodeRole } from './node.ts';
import type { ProbeReport } from './node-status.ts';

/** What a server says of its own history now. */
export type HistoryAnswer = {
  readonly identity: string;
  /** True when it takes no writes: then its history is not the one that counts. */
  readonly readOnly: boolean;
  /** All that it has logged, also what it counts in a moment only. */
  readonly logged: SourceHistory;
  /** Without what may still be rolled back. */
  readonly settled: SourceHistory;
  /** What it has received from another server and is going to apply; `null` when nothing. */
  readonly received: Position | null;
  /** Another server sends it transactions: what it lacks may still come. */
  readonly receives: boolean;
};

/**
 * What the cluster needs from a server, implemented where SQL is spoken. One connection for each use, so
 * that a blocked wait never holds up a probe. All reject on a lost connection or after `timeoutMs`.
 */
export interface NodeProbe {
  /** One full probe. */
  probe(timeoutMs: number): Promise<ProbeReport>;
  /**
   * `reached`: everything in it is visible to reads that start after this call was made.
   * `observed`: includes everything that reads finished before this call may have seen; never smaller than `reached`.
   */
  readPosition(role: NodeRole, timeoutMs: number): Promise<{ reached: Position; observed: Position }>;
  /** Blocks in the server, at most `timeoutMs`, until `position` is applied; answers what is reached then. */
  waitForPosition(position: Position, timeoutMs: number): Promise<{ reached: Position; applying: boolean }>;
  /** What its own history is, asked after this call was made. */
  readHistory(timeoutMs: number): Promise<HistoryAnswer>;
  /** Whether it answers anything at all, be it with an error. Never rejects. */
  isThere(timeoutMs: number): Promise<boolean>;
  /** A read has met a reason to doubt that the server can serve: the next probe finds out. */
  doubtServing?(): void;
  close(): Promise<void>;
}

export type NodeProbeListener = {
  /** A connection that was open is gone: what it told about positions may no longer hold. */
  connectionLost(trouble: string): void;
  /** Another probe would tell something new. */
  changed?(): void;
};

export type NodeProbeFactory = (node: Node, listener: NodeProbeListener) => NodeProbe;
