import { carryOut, type Outcome } from '../../src/cluster/failover/carry-out.ts';
import { findLeader } from '../../src/cluster/failover/leader.ts';
import type { Member } from '../../src/cluster/failover/member.ts';
import type { Decision } from '../../src/cluster/failover/plan.ts';
import { planPromotion } from '../../src/cluster/failover/plan-promotion.ts';
import { planRejoin } from '../../src/cluster/failover/plan-rejoin.ts';
import { planSwitchover } from '../../src/cluster/failover/plan-switchover.ts';
import { ClusterMembers } from '../../src/database/nodes/cluster-members.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { TestCluster } from './test-cluster.ts';

/** Guided failover of a test cluster, as the command does it. */
export class TestFailover {
  readonly #cluster: Pick<TestCluster, 'cluster'>;

  constructor(cluster: Pick<TestCluster, 'cluster'>) {
    this.#cluster = cluster;
  }

  promote(target: string | null, wishes: { force?: boolean; onlyIfSourceDown?: boolean } = {}): Promise<Done> {
    return this.#with((seen) => planPromotion(seen, { target, force: false, onlyIfSourceDown: false, ...wishes }));
  }

  switchover(target: string): Promise<Done> {
    return this.#with((seen) => planSwitchover(seen, target));
  }

  rejoin(name: string, { discard = false } = {}): Promise<Done> {
    return this.#with(async (seen, members) => {
      const obstacles = discard ? await members.copyObstacles(seen) : [];
      return planRejoin(seen, name, { discard, obstacles });
    });
  }

  async source(): Promise<string | null> {
    return (await this.#with(() => ({ verdict: 'nothing', why: '' }))).source;
  }

  async #with(plan: (seen: readonly Member[], members: ClusterMembers) => Decision | Promise<Decision>): Promise<Done> {
    const { cluster } = this.#cluster;
    const { admin, replication } = cluster.credentials;
    const nodes = cluster.nodes.filter(({ role }) => role !== 'backup');
    const members = new ClusterMembers(
      nodes.map(({ name, host, port, role }) => {
        return {
          name,
          host,
          port,
          ...admin,
          database: cluster.database,
          tls: null,
          configuredSource: role === 'source',
          priority: 1,
        };
      }),
      systemClock,
    );
    try {
      const decision = await plan(await members.probeSourceLast(), members);
      const outcome =
        decision.verdict !== 'go'
          ? null
          : await carryOut(decision.steps, {
              control: (node) => members.control(node),
              clock: systemClock,
              account: replication,
              mayGoOn: async () => true,
              progress: () => undefined,
              applyTimeoutMs: 60_000,
            });
      return { decision, outcome, source: findLeader(await members.probe())?.name ?? null };
    } finally {
      await members.close();
    }
  }
}

export type Done = { readonly decision: Decision; readonly outcome: Outcome | null; readonly source: string | null };
