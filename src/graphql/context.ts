import type { ClusterHealth } from '../cluster/cluster-health.ts';
import type { OrdersSession } from '../database/orders/orders-client.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { CommittedChange } from '../orders/order-change.ts';
import type { OrderChanges } from '../orders/order-changes.ts';
import type { OrderReads } from '../orders/order-reads.ts';
import type { Clock } from '../platform/clock.ts';
import type { RoutingLog } from '../routing/routing-log.ts';
import type { ClusterEventFeed } from './cluster/cluster-event-feed.ts';

/** How far the backup is. `null` is not known here. */
export type MirrorFacts = {
  readonly turn: 'BEHIND' | 'CAUGHT_UP' | null;
  /** Changes that wait for the backup, and that were given up. */
  readonly depth: { readonly waiting: number; readonly parked: number; readonly oldestAgeMs: number | null } | null;
  readonly lastComparedAtMs: number | null;
  readonly mismatches: number | null;
};

/** What is known of the servers now; `epoch` is `null` until one was seen. */
export type ClusterState = ClusterHealth & {
  readonly epoch: number | null;
  /** What is wrong with Redis, if anything; `null` without one. */
  readonly redis: { readonly trouble: string | null } | null;
  /** Resolves within a second or so; `null` without a backup. */
  mirror(): Promise<MirrorFacts | null>;
};

/** What resolvers see: small on purpose. One per GraphQL operation. */
export interface OperationContext {
  readonly requestId: string;
  /** Whom its shares are counted for: an address, or a network of IPv6. */
  readonly client: string;
  readonly session: OrdersSession;
  /** Lists and counts: of this session's node, or all of them of one answer that was kept. */
  readonly orders: OrderReads;
  readonly clock: Clock;
  /** Needs no session: it is all that operations see which ask for nothing from a table. */
  cluster(): ClusterState;
  /** What happens to them, likewise. */
  readonly clusterEvents: ClusterEventFeed;
  /** The last operations of this process, likewise; `null` when none are kept. */
  readonly routingLog: RoutingLog | null;
  /** Background work, likewise. */
  readonly jobs: Jobs;
  /** Who is told of changed orders, likewise. */
  readonly orderChanges: OrderChanges;
  /** Tells them; for use cases, once they have committed. */
  onCommitted(change: CommittedChange): void;
  /** For operations that take long: resolves when the next piece of work may be done, so that others are not kept waiting. */
  readonly standBack?: () => Promise<void>;
  /** Of a subscription: resolves, or is `null`, when its next event may be worked on. */
  readonly eventTurn?: () => Promise<void> | null;
  /** `count` bytes that nobody can guess. */
  randomBytes(count: number): Uint8Array;
  /** The session so far as a signed token, `null` when there is nothing to carry. */
  consistencyToken(): string | null;
  /**
   * A position that the pinned node had reached once the rows read so far were read, with what the session requires, as a signed token:
   * a page that starts at a cursor that carries it is never older than the page the cursor came from. Of a page that was kept: what
   * it shows, and no more. `null` when nobody knows.
   */
  pageToken(): Promise<string | null>;
}
