import type { ClusterSnapshot } from '../../cluster/cluster-snapshot.ts';
import { type HealthPolicy, isSilent } from '../../cluster/health.ts';
import type { NodeStatus } from '../../cluster/node-status.ts';

type Presence = 'UP' | 'DOWN' | 'SILENT';
type Doubting = { doubtServing(nodeName: string): void };
type Leaving = { cut(): void; refuseWaiting(): void };

/** What waits for a node that is down, or runs on a silent one, would wait until its deadline: it is sent away at once. */
export class LostNodes {
  readonly #pools: (nodeName: string) => Leaving | undefined;
  readonly #health: HealthPolicy;
  readonly #cluster: Doubting;
  readonly #presences = new Map<string, Presence>();

  constructor(pools: (nodeName: string) => Leaving | undefined, health: HealthPolicy, cluster: Doubting) {
    this.#pools = pools;
    this.#health = health;
    this.#cluster = cluster;
  }

  /**
   * Work on the node takes long: does it serve? If it is known not to, the work was routed there before that and has begun after
   * the cut.
   */
  overdue(nodeName: string): void {
    this.#cluster.doubtServing(nodeName);
    if (this.#presences.get(nodeName) === 'SILENT') this.#pools(nodeName)?.cut();
  }

  leave(snapshot: ClusterSnapshot): void {
    for (const status of snapshot) {
      const silent = status.state === 'DOWN' ? isSilent(status, this.#health) : hangsReads(status);
      const now = silent ? 'SILENT' : status.state === 'DOWN' ? 'DOWN' : 'UP';
      const { name } = status.node;
      if (now === (this.#presences.get(name) ?? 'UP')) continue;
      this.#presences.set(name, now);
      if (now === 'SILENT') this.#pools(name)?.cut();
      else if (now === 'DOWN') this.#pools(name)?.refuseWaiting();
    }
  }
}

/** Reads there would end with whatever their table waits for; others have it too. */
function hangsReads({ role, report }: NodeStatus): boolean {
  return role === 'REPLICA' && (report?.unable ?? []).some(({ kind }) => kind === 'TABLE_SILENT');
}
