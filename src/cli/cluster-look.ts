import { type ClusterHealth, clusterHealth } from '../cluster/cluster-health.ts';
import { afterFailedProbe, afterGoodProbe, type HealthPolicy } from '../cluster/health.ts';
import type { Node, NodeRole } from '../cluster/node.ts';
import { type NodeStatus, unseen } from '../cluster/node-status.ts';
import type { Config, NodeConfig } from '../config.ts';
import { SqlNodeProbe } from '../database/sql-node-probe.ts';
import type { Clock } from '../platform/clock.ts';

type Member = { readonly node: Node; readonly probe: SqlNodeProbe };

const roles: Readonly<Record<NodeConfig['role'], NodeRole>> = {
  source: 'SOURCE',
  replica: 'REPLICA',
  backup: 'BACKUP',
};

/**
 * Looks at all servers at once, without any memory: each look shows what the servers answered to it. One connection to
 * each, kept between looks.
 */
export class ClusterLook {
  readonly #members: readonly Member[];
  readonly #policy: HealthPolicy;
  readonly #timeoutMs: number;
  readonly #clock: Clock;

  constructor(config: Config, options: { readonly timeoutMs: number; readonly clock: Clock }) {
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock;
    this.#policy = { ...config.monitor, failureThreshold: 1, recoveryThreshold: 1 };
    this.#members = config.cluster.nodes.map(({ role, ...address }) => ({
      node: { ...address, configuredRole: roles[role] },
      // A connection that is lost between two looks shows in the next one.
      probe: new SqlNodeProbe(address, options.clock, { connectionLost: () => undefined }),
    }));
  }

  /** Resolves when each server has answered or its time is over; never rejects. */
  async look(): Promise<ClusterHealth> {
    const statuses = await Promise.all(this.#members.map((member) => this.#lookAt(member)));
    return clusterHealth(statuses, this.#clock.monotonic());
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ probe }) => probe.close()));
  }

  async #lookAt({ node, probe }: Member): Promise<NodeStatus> {
    const asOfMs = this.#clock.monotonic();
    try {
      return afterGoodProbe(unseen(node), await probe.probe(this.#timeoutMs), asOfMs, this.#policy);
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      return afterFailedProbe(unseen(node), trouble, this.#policy);
    }
  }
}
