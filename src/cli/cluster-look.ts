import { type ClusterHealth, clusterHealth } from '../cluster/cluster-health.ts';
import { withSourceRemembered } from '../cluster/cluster-snapshot.ts';
import { judgeErrant } from '../cluster/errant-nodes.ts';
import { afterFailedProbe, afterGoodProbe, type HealthPolicy } from '../cluster/health.ts';
import type { Node, NodeRole } from '../cluster/node.ts';
import { type NodeStatus, unseen } from '../cluster/node-status.ts';
import type { Config, NodeConfig } from '../config.ts';
import { SqlNodeProbe } from '../database/sql-node-probe.ts';
import type { Clock } from '../platform/clock.ts';

/** The source, the suspect, the source. */
const errantRounds = 3;

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
    const first = await Promise.all(this.#members.map((member) => this.#lookAt(member, unseen(member.node))));
    return clusterHealth(await this.#lookForErrant(first), this.#clock.monotonic());
  }

  /** A verdict needs to see the source after the others, and these twice: most looks end with the first round. */
  async #lookForErrant(statuses: readonly NodeStatus[]): Promise<readonly NodeStatus[]> {
    let judgement = judgeErrant(withSourceRemembered(statuses));
    for (let round = 0; round < errantRounds && judgement.look.length > 0; round += 1) {
      const { snapshot, look } = judgement;
      const again = await Promise.all(
        snapshot.map((status, index) => {
          const member = this.#members[index];
          return member !== undefined && look.includes(status.node.name) ? this.#lookAt(member, status) : status;
        }),
      );
      judgement = judgeErrant(again);
    }
    return judgement.snapshot;
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ probe }) => probe.close()));
  }

  async #lookAt({ probe }: Member, before: NodeStatus): Promise<NodeStatus> {
    const asOfMs = this.#clock.monotonic();
    try {
      const report = await probe.probe(this.#timeoutMs);
      return { ...afterGoodProbe(before, report, asOfMs, this.#policy), reportedMs: this.#clock.monotonic() };
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      return afterFailedProbe(before, trouble, this.#policy);
    }
  }
}
