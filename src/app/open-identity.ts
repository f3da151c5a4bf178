import { randomBytes } from 'node:crypto';
import { clusterPrefix } from '../cluster/cluster-identity.ts';
import { writableSource } from '../cluster/cluster-snapshot.ts';
import { ProblemLog } from '../cluster/log-problems.ts';
import { redisProblems, sharingProblems } from '../cluster/redis-problems.ts';
import { RollCall } from '../cluster/roll-call.ts';
import type { Config } from '../config/config.ts';
import { IdentityWatch } from '../database/nodes/identity-watch.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import type { BackgroundWork } from '../jobs/background-work.ts';
import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Redis } from '../platform/redis.ts';

/** Identifies the cluster and who shares Redis with it; Redis and the queues are opened with the result. */
export function openIdentity(
  { redis: { prefix }, cluster: { id } }: Config,
  given: { database: OrdersDatabase; redis: Redis | null; background: BackgroundWork; log: Logger },
) {
  const { database, redis, background, log } = given;
  const shared = { clock: systemClock, random: Math.random, log };
  const sourceOf = () => writableSource(database.cluster.snapshot())?.report?.identity ?? null;
  const here = () => ({ cluster: watch.cluster, source: sourceOf() });
  const problems = () => [
    ...redisProblems(redis?.trouble ?? null),
    ...(rollCall === null ? [] : sharingProblems(rollCall.others, id)),
  ];
  const said = new ProblemLog(log);
  const onChange = () => said.found(problems());
  const rollCall = redis && new RollCall({ ...shared, redis, prefix, here, onChange });
  redis?.onChange(onChange);
  const watch = new IdentityWatch({
    ...shared,
    database,
    randomBytes,
    onKnown: async (cluster) => {
      const own = clusterPrefix(prefix, cluster);
      await Promise.all([redis?.identify(own), background.identify(own)]);
    },
  });
  return {
    cluster: () => watch.cluster,
    problems,
    /** Before the servers are probed: shared statuses may make a probe of a dead server unnecessary. */
    watch: () => watch.watch(),
    /** Afterwards. Resolves when the identity is known, or soon. */
    start: async () => {
      await watch.start();
      await rollCall?.start();
    },
    stop: async () => {
      await rollCall?.stop();
      await watch.stop();
    },
  };
}
