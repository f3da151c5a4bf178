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

/** Metrics of the known state of each node, from the snapshot: no server is queried. */
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
      help: 'State of each node: 1 for the current state, 0 for the others.',
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
      help: 'Circuit breaker of each node: CLOSED in service, OPEN out of service, HALF_OPEN on probation.',
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
      help: 'Role of each node as it reports it: 1 for that role, 0 for the others. All 0 while it does not answer.',
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
      help: 'Replication lag as reported by the replica, in whole seconds.',
      labels,
    },
    ofEach(({ lagMs }) => seconds(lagMs)),
  );
  metrics.gauge(
    {
      name: 'tidemark_node_lag_transactions',
      help: 'Transactions of the source that a replica lacked when both were last probed.',
      labels,
    },
    ofEach(({ lagTransactions }) => lagTransactions),
  );
  metrics.gauge(
    {
      name: 'tidemark_node_position_age_seconds',
      help: 'Time since the node last answered a probe.',
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
      help: 'Number of servers with a problem, by the code of the problem.',
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
      help: 'Whether each guarantee holds on each node: 1 if it does, 0 if not or unknown.',
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
      help: 'Number of the current epoch; it grows with each promotion.',
      labels: {},
    },
    () => {
      const epoch = currentEpoch(epochs());
      return epoch === null ? [] : [{ labels: {}, value: epoch }];
    },
  );
  const happened = metrics.counter({
    name: 'tidemark_cluster_events_total',
    help: 'Cluster events by name.',
    labels: { event: clusterEventNames },
  });
  cluster.events.subscribe(({ name }) => happened({ event: name }));
}
