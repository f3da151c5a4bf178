import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { writableSource } from '../cluster/cluster-snapshot.ts';
import type { Config } from '../config/config.ts';
import { migrate } from '../database/migrations/migrate.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import { ourMigrations } from '../database/orders/our-migrations.ts';
import { Mirror } from '../mirror/mirror.ts';
import { mirroredOrders } from '../orders/mirrored-orders.ts';
import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';

/** The mirror to the backup, `null` without one. Follows the source as `database` sees it. */
export function openMirror(config: Config, database: OrdersDatabase, log: Logger): Mirror | null {
  const backup = config.cluster.nodes.find(({ role }) => role === 'backup');
  if (backup === undefined) return null;
  const { cluster } = database;
  const { backupMigrationUrl: url } = config.cluster;
  const { compareIntervalMs: checkIntervalMs } = config.mirror;
  return new Mirror({
    models: mirroredOrders,
    source: () => {
      const source = writableSource(cluster.snapshot())?.node.name;
      return config.cluster.nodes.find(({ name }) => name === source) ?? null;
    },
    backup,
    commits: database.committed,
    workerName: `${hostname().slice(0, 30)}-${process.pid}-${randomBytes(4).toString('hex')}`,
    prepareBackup:
      url === null
        ? null
        : async () => {
            await migrate({ url, directory: ourMigrations('backup'), log: (line) => log.info(line) });
          },
    clock: systemClock,
    random: Math.random,
    log,
    limits: { checkIntervalMs },
    onTurn: (turn, { waiting, parked, oldestAgeMs }) =>
      cluster.events.publish({
        name: turn === 'BEHIND' ? 'MIRROR_BEHIND' : 'MIRROR_CAUGHT_UP',
        node: backup.name,
        facts: { waiting, parked, oldestAgeMs },
      }),
  });
}
