import type { ClusterHealth } from '../cluster/cluster-health.ts';
import type { OrdersSession } from '../database/orders/orders-client.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { OrderChanges } from '../orders/order-changes.ts';
import type { OrderReads } from '../orders/order-reads.ts';
import type { Clock } from '../platform/clock.ts';
import type { RoutingLog } from '../routing/routing-log.ts';
import type { ClusterEventFeed } from './cluster/cluster-event-feed.ts';

/** State of the mirror to the backup. `null` if unknown here. */
export type MirrorFacts = {
  readonly turn: 'BEHIND' | 'CAUGHT_UP' | null;
  /** Changes that are waiting for the backup, and those that are parked. */
  readonly depth: { readonly waiting: number; readonly parked: number; readonly oldestAgeMs: number | null } | null;
  readonly lastComparedAtMs: number | null;
  readonly mismatches: number | null;
};

/** The known state of the servers; `epoch` is `null` until one was seen. */
export type ClusterState = ClusterHealth & {
  readonly epoch: number | null;
  /** The trouble with Redis, if any; `null` without Redis. */
  readonly redis: { readonly trouble: string | null } | null;
  /** Resolves within about a second; `null` without a backup. */
  mirror(): Promise<MirrorFacts | null>;
};

/** What resolvers see: deliberately small. One per GraphQL operation. */
export interface OperationContext {
  readonly requestId: string;
  /** The client that quotas are counted for: an address, or an IPv6 network. */
  readonly client: string;
  readonly session: OrdersSession;
  /** Lists and counts: from this session's node, or all of them from one cached answer. */
  readonly orders: OrderReads;
  readonly clock: Clock;
  /** Needs no session: operations that read no table see only these. */
  cluster(): ClusterState;
  /** Cluster events, likewise. */
  readonly clusterEvents: ClusterEventFeed;
  /** The last operations of this process, likewise; `null` if the log is disabled. */
  readonly routingLog: RoutingLog | null;
  /** Background work, likewise. */
  readonly jobs: Jobs;
  /** Subscriptions to order changes, likewise. */
  readonly orderChanges: OrderChanges;
  /** For long operations: resolves when the next piece of work may run, so that others are not kept waiting. */
  readonly standBack?: () => Promise<void>;
  /** For subscriptions: resolves, or is `null`, when the next event may be worked on. */
  readonly eventTurn?: () => Promise<void> | null;
  /** `count` unpredictable bytes. */
  randomBytes(count: number): Uint8Array;
  /** The session so far as a signed token, `null` if there is nothing to carry. */
  consistencyToken(): string | null;
  /**
   * A signed token for the cursors of a page: it includes every row read so far and what the session requires, so that the next page
   * is never older than this one. Taken from the pinned node after the rows were read; for a cached page it covers only what the page
   * shows. `null` if the position is unknown.
   */
  pageToken(): Promise<string | null>;
}
