import type { Metrics } from '../../platform/metrics.ts';
import { driverFaults } from '../../servers/driver-fault.ts';
import type { CapturingPool } from './capturing-pool.ts';

const states = ['active', 'idle'] as const;

/** Measures the connection pool of each node whenever metrics are collected. */
export function measurePools(pools: ReadonlyMap<string, CapturingPool>, metrics: Metrics): void {
  const node = [...pools.keys()];
  metrics.gauge(
    {
      name: 'tidemark_pool_connections',
      help: 'Open connections to each node: serving a request, or waiting for the next.',
      labels: { node, state: states },
    },
    () =>
      [...pools].flatMap(([name, pool]) =>
        states.map((state) => ({ labels: { node: name, state }, value: pool.load[state] })),
      ),
  );
  metrics.gauge(
    {
      name: 'tidemark_pool_waiting_requests',
      help: 'Requests that wait for a connection to a node.',
      labels: { node },
    },
    () => [...pools].map(([name, pool]) => ({ labels: { node: name }, value: pool.load.waiting })),
  );
  metrics.countedElsewhere(
    {
      name: 'tidemark_database_faults_total',
      help: 'What went wrong between here and each node, by kind.',
      labels: { node, fault: driverFaults },
    },
    () =>
      [...pools].flatMap(([name, pool]) =>
        driverFaults.map((fault) => ({ labels: { node: name, fault }, value: pool.faultsMet(fault) })),
      ),
  );
}
