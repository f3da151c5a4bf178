import { type ClusterHealth, clusterHealth } from '../cluster/cluster-health.ts';
import { lastSource, withSourceRemembered } from '../cluster/cluster-snapshot.ts';
import { maxCommitMs, maxCommitMsWithin } from '../cluster/commit-patience.ts';
import { type ErrantJudgement, errantSettleMs, judgeErrant } from '../cluster/errant-nodes.ts';
import { afterFailedProbe, afterGoodProbe, type HealthPolicy } from '../cluster/health.ts';
import type { Node, NodeRole } from '../cluster/node.ts';
import { type NodeStatus, unseen } from '../cluster/node-status.ts';
import type { Config } from '../config/config.ts';
import type { NodeConfig } from '../config/database/node-config.ts';
import { SqlNodeProbe } from '../database/nodes/sql-node-probe.ts';
import { servedOrders } from '../orders/served-tables.ts';
import type { Clock } from '../platform/clock.ts';
import { errorMessage } from '../platform/error-message.ts';

type Member = { readonly node: Node; readonly probe: SqlNodeProbe };

const roles: Readonly<Record<NodeConfig['role'], NodeRole>> = {
  source: 'SOURCE',
  replica: 'REPLICA',
  backup: 'BACKUP',
};

/**
 * Probes all servers at once, without memory: each result shows only what the servers answered. One connection to each, kept
 * between probes.
 */
export class ClusterProbe {
  readonly #members: readonly Member[];
  readonly #policy: HealthPolicy;
  readonly #timeoutMs: number;
  readonly #clock: Clock;

  constructor(config: Config, options: { readonly timeoutMs: number; readonly clock: Clock }) {
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock;
    this.#policy = { ...config.monitor, failureThreshold: 1, recoveryThreshold: 1 };
    const commitMs = maxCommitMs({
      ...config.pools,
      maxCommitMs: maxCommitMsWithin(config.http.requestTimeoutMs),
    });
    const serves = servedOrders({ hasBackup: config.cluster.nodes.some(({ role }) => role === 'backup') });
    this.#members = config.cluster.nodes.map(({ role, ...address }) => ({
      node: { ...address, configuredRole: roles[role] },
      // A connection lost between two probes shows in the next one.
      probe: new SqlNodeProbe(
        address,
        options.clock,
        { connectionLost: () => undefined },
        { maxCommitMs: commitMs, isOnlyProbe: true, ...(role !== 'backup' && { serves }) },
      ),
    }));
  }

  /** Resolves when each server has answered or timed out; never rejects. */
  async probe(): Promise<ClusterHealth> {
    const first = await Promise.all(this.#members.map((member) => this.#probeMember(member, unseen(member.node))));
    return clusterHealth(await this.#probeForErrant(first), this.#clock.monotonic());
  }

  /** A verdict needs time, and the source probed after the others: one round is usually enough. */
  async #probeForErrant(statuses: readonly NodeStatus[]): Promise<readonly NodeStatus[]> {
    const first = judgeErrant(withSourceRemembered(statuses));
    const { snapshot } = await this.#probeAgain(first.snapshot, first.probe);
    const suspects = snapshot.filter(({ suspect }) => suspect !== null).map(({ node }) => node.name);
    if (suspects.length === 0) return snapshot;
    await this.#clock.sleep(errantSettleMs);
    const second = await this.#probeAgain(snapshot, suspects);
    const source = lastSource(second.snapshot)?.node.name;
    return (await this.#probeAgain(second.snapshot, source === undefined ? [] : [source])).snapshot;
  }

  async #probeAgain(snapshot: readonly NodeStatus[], names: readonly string[]): Promise<ErrantJudgement> {
    const again = await Promise.all(
      snapshot.map((status, index) => {
        const member = this.#members[index];
        return member !== undefined && names.includes(status.node.name) ? this.#probeMember(member, status) : status;
      }),
    );
    return judgeErrant(again);
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ probe }) => probe.close()));
  }

  async #probeMember({ probe }: Member, before: NodeStatus): Promise<NodeStatus> {
    const asOfMs = this.#clock.monotonic();
    try {
      const report = await probe.probe(this.#timeoutMs);
      return { ...afterGoodProbe(before, report, asOfMs, this.#policy), reportedMs: this.#clock.monotonic() };
    } catch (error) {
      const trouble = errorMessage(error);
      return afterFailedProbe(before, trouble, this.#policy);
    }
  }
}
