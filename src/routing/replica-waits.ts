import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterSnapshot } from '../cluster/cluster-snapshot.ts';
import type { NodeStatus } from '../cluster/node-status.ts';
import type { Position } from '../consistency/position.ts';
import type { Clock } from '../platform/clock.ts';
import { RequestAbandonedError } from './errors.ts';
import type { RoutedRead } from './route-request.ts';

/** How long a replica is watched for a position after a read that did not wait for it, in milliseconds. */
const pursuitMs = 1000;

/** How long a read waits for servers to report whether they know an epoch, in milliseconds. */
const epochHearingMs = 500;

/** How reads wait for nodes. Ends when the client disconnects. */
export class ReplicaWaits {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #pursued = new Set<string>();

  constructor({ cluster, clock }: { readonly cluster: Cluster; readonly clock: Clock }) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  /** Resolves when one of the replicas has reached it, or none will in time. Throws when the client disconnects. */
  async firstToReach(
    eligible: readonly NodeStatus[],
    required: Position,
    { waitMs, signal }: RoutedRead,
  ): Promise<void> {
    if (waitMs <= 0) return;
    const client = signal?.();
    const others = new AbortController();
    const ends = client === undefined ? others.signal : AbortSignal.any([others.signal, client]);
    const waits = eligible.map(async ({ node }) => {
      const outcome = await this.#cluster.tracker(node.name).waitFor(required, waitMs, ends);
      if (outcome !== 'REACHED') throw new Error(outcome);
    });
    await Promise.any(waits).catch(() => undefined);
    others.abort();
    if (client?.aborted) throw new RequestAbandonedError();
  }

  /** In the background. One watch per node is enough: it learns the node's position, whichever position is awaited. */
  pursue(eligible: readonly NodeStatus[], required: Position): void {
    for (const { node } of eligible) {
      if (this.#pursued.has(node.name)) continue;
      this.#pursued.add(node.name);
      const wait = this.#cluster.tracker(node.name).waitFor(required, pursuitMs);
      void wait.then(() => this.#pursued.delete(node.name));
    }
  }

  /** Waits while servers are asked whether they know an epoch. Throws when the client disconnects. */
  async whileBetweenEpochs({ signal }: RoutedRead, isBetween: (snapshot: ClusterSnapshot) => boolean): Promise<void> {
    const client = signal?.();
    if (client?.aborted) throw new RequestAbandonedError();
    await new Promise<void>((resolve) => {
      const settle = () => {
        cancel();
        end();
        client?.removeEventListener('abort', settle);
        resolve();
      };
      const cancel = this.#clock.after(epochHearingMs, settle);
      const end = this.#cluster.subscribe(() => isBetween(this.#cluster.snapshot()) || settle());
      client?.addEventListener('abort', settle, { once: true });
    });
    if (client?.aborted) throw new RequestAbandonedError();
  }
}
