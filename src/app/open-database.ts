import { maxCommitMsWithin } from '../cluster/commit-patience.ts';
import type { NodeRole } from '../cluster/node.ts';
import type { Config } from '../config/config.ts';
import { downIntervalMs, trackerDefaults } from '../database/engine/default-settings.ts';
import { type OrdersDatabase, openOrdersDatabase } from '../database/orders/orders-client.ts';
import { mirroredOrders } from '../orders/mirrored-orders.ts';
import { servedOrders } from '../orders/served-tables.ts';
import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';

const roles: Readonly<Record<Config['cluster']['nodes'][number]['role'], NodeRole>> = {
  source: 'SOURCE',
  replica: 'REPLICA',
  backup: 'BACKUP',
};

/** Switched off by benchmarks to measure its cost. */
export type AppSwitches = {
  readonly learnPositions?: boolean;
  readonly proveCommits?: boolean;
  readonly mirroring?: boolean;
};

/** The engine alone, configured as in the API. */
export function openDatabase(
  config: Config,
  log: Logger,
  { mirroring = true, ...given }: AppSwitches & Partial<Pick<Parameters<typeof openOrdersDatabase>[0], 'metrics'>> = {},
): OrdersDatabase {
  const hasBackup = config.cluster.nodes.some(({ role }) => role === 'backup');
  return openOrdersDatabase({
    nodes: config.cluster.nodes.map(({ role, ...node }) => ({ ...node, configuredRole: roles[role] })),
    clock: systemClock,
    random: Math.random,
    log,
    ...given,
    ...(mirroring && hasBackup && { mirroring: { mirrored: mirroredOrders } }),
    serves: servedOrders({ hasBackup }),
    ...databaseSettings(config),
  });
}

/** What the configuration says about any database. */
export function databaseSettings({ pools, http, consistency, monitor }: Config) {
  return {
    pool: { ...pools, maxCommitMs: maxCommitMsWithin(http.requestTimeoutMs) },
    transactionTimeoutMs: pools.statementTimeoutMs,
    sourceReadsLimit: consistency.sourceReadsLimit,
    backupReads: consistency.backupReads,
    nodePatienceMs: monitor.patienceMs,
    health: monitor,
    monitor: {
      ...monitor,
      downIntervalMs: monitor.intervalMs === 'off' ? downIntervalMs : Math.min(downIntervalMs, monitor.intervalMs),
    },
    tracker: trackerDefaults,
  };
}
