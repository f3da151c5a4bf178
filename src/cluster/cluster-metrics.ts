import { currentEpoch, type EpochHistory } from '../consistency/epoch.ts';
import type { Clock } from '../platform/clock.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Cluster } from './cluster.ts';
import { clusterEventNames } from './cluster-event.ts';
import { clusterHealth, type NodeHealth } from './cluster-health.ts';
import { guarantees } from './guarantees.ts';
import { breakerOf, breakerStates } from './health.ts';
import { nodeRoles } from './node.ts';
import { nodeStates } from './node-status.ts';
import { type ProblemCode, problemCodes } from './problem.ts';

const uses = ['reads', 'writes'] as const;
const codes = Object.keys(problemCodes) as ProblemCode[];

/** Measures what is known of each node, when somebody looks: from the snapshot, no server is asked. */
export function measureCluster(
  cluster: Cluster,
  options: {
    readonly metrics: Metrics;
    readonly clock: Clock;
    readonly epochs: () => EpochHistory;
  },
): void {
  const { metrics, clock, epochs } = options;
  const health = () => clusterHealth(cluster.snapshot(), clock.monotonic());
  const labels = { node: cluster.snapshot().map(({ node }) => node.name) };
  const ofEach = (value: (node: NodeHealth) => number | null) => () =>
    health().nodes.flatMap((node) => {
      const known = value(node);
      return known === null ? [] : [{ labels: { node: node.name }, value: known }];
    });
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);

  metrics.gauge(
    {
      name: 'tidemark_node_state',
      help: 'How each node is: 1 for the state that it is in, 0 for the others.',
      labels: { ...labels, state: nodeStates },
    },
    () =>
      health().nodes.flatMap((node) =>
        nodeStates.map((state) => ({ labels: { node: node.name, state }, value: Number(node.state === state) })),
      ),
  );
  metrics.gauge(
    {
      name: 'tidemark_node_breaker_state',
      help: 'Whether each node is asked: CLOSED ordinarily, OPEN not at all, HALF_OPEN it has yet to prove itself.',
      labels: { ...labels, state: breakerStates },
    },
    () =>
      cluster.snapshot().flatMap((status) => {
        const breaker = breakerOf(status);
        return breakerStates.map((state) => ({
          labels: { node: status.node.name, state },
          value: Number(state === breaker),
        }));
      }),
  );
  metrics.gauge(
    {
      name: 'tidemark_node_role',
      help: 'What each node is, as it says itself: 1 for that role, 0 for the others. All 0 while it does not answer.',
      labels: { ...labels, role: nodeRoles },
    },
    () =>
      health().nodes.flatMap((node) =>
        nodeRoles.map((role) => ({ labels: { node: node.name, role }, value: Number(node.role === role) })),
      ),
  );
  metrics.gauge(
    {
      name: 'tidemark_node_lag_seconds',
      help: 'How late a replica is, as it says itself, in whole seconds.',
      labels,
    },
    ofEach(({ lagMs }) => seconds(lagMs)),
  );
  metrics.gauge(
    {
      name: 'tidemark_node_lag_transactions',
      help: 'Transactions of the source that a replica lacked when both were looked at last.',
      labels,
    },
    ofEach(({ lagTransactions }) => lagTransactions),
  );
  metrics.gauge(
    {
      name: 'tidemark_node_position_age_seconds',
      help: 'Since the node was last seen to answer a look.',
      labels,
    },
    ofEach(({ ageMs }) => seconds(ageMs)),
  );
  metrics.gauge(
    {
      name: 'tidemark_cluster_ready',
      help: 'Whether some node serves reads, and writes: 1 or 0.',
      labels: { use: uses },
    },
    () => {
      const { reads, writes } = health();
      return uses.map((use) => ({ labels: { use }, value: Number(use === 'reads' ? reads : writes) }));
    },
  );
  metrics.gauge(
    {
      name: 'tidemark_cluster_problems',
      help: 'What is wrong with the servers and how they are set up: how many are so, by the code of the problem.',
      labels: { code: codes },
    },
    () => {
      const { problems } = health();
      return codes.map((code) => ({
        labels: { code },
        value: problems.filter((problem) => problem.code === code).length,
      }));
    },
  );
  metrics.gauge(
    {
      name: 'tidemark_node_guarantee',
      help: 'Whether what is promised holds on each node: 1 when it does, 0 when it does not or nobody can tell.',
      labels: { ...labels, guarantee: Object.keys(guarantees) },
    },
    () =>
      health().guarantees.map(({ node, guarantee, holds }) => ({
        labels: { node, guarantee },
        value: Number(holds === 'YES'),
      })),
  );
  metrics.gauge(
    {
      name: 'tidemark_cluster_epoch',
      help: 'Number of the present epoch; it grows with each promotion.',
      labels: {},
    },
    () => {
      const epoch = currentEpoch(epochs());
      return epoch === null ? [] : [{ labels: {}, value: epoch }];
    },
  );
  const happened = metrics.counter({
    name: 'tidemark_cluster_events_total',
    help: 'What happened to the cluster, by the name of the event.',
    labels: { event: clusterEventNames },
  });
  cluster.events.subscribe(({ name }) => happened({ event: name }));
}
