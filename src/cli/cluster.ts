// `npm run cluster`: guided failover of plain replication.
import { clusterPrefix } from '../cluster/cluster-identity.ts';
import { RedisLeases } from '../cluster/redis-leases.ts';
import type { Config } from '../config/config.ts';
import { processEnvironment } from '../config/environment.ts';
import { readConfig } from '../config/read-config.ts';
import { ClusterMembers, type MemberAddress } from '../database/nodes/cluster-members.ts';
import { readClusterName } from '../database/nodes/cluster-name.ts';
import { recordSource } from '../local/directory/cluster-file.ts';
import { systemClock } from '../platform/clock.ts';
import { Redis } from '../platform/redis.ts';
import { openDirectConnection } from '../servers/direct-connection.ts';
import { addressAt, urlOf } from '../servers/server-url.ts';
import { runClusterCommand } from './cluster-command.ts';
import { clusterConfig } from './cluster-config.ts';
import { type ClusterOptions, clusterUsage, readClusterOptions } from './cluster-options.ts';
import { confirm } from './confirm.ts';
import { entry, print } from './entry.ts';
import { givenUrl } from './given-url.ts';
import { UsageError } from './usage-error.ts';

const redisTimeoutMs = 1000;
const newReplica = 'the new replica';

async function run({ command, ...given }: ClusterOptions): Promise<number> {
  if (command === 'help') return print(clusterUsage);
  const options = { ...given, command };
  const environment = processEnvironment();
  const read = readConfig(environment);
  const config = await clusterConfig(environment);
  const joining = options.command === 'add-replica' ? additionFrom(options.subject ?? '') : null;
  const members = new ClusterMembers([...addressesOf(config), ...(joining === null ? [] : [joining])], systemClock);
  const redis = options.onlyIfSourceDown ? await openRedis(config, addressesOf(config)) : null;
  try {
    return await runClusterCommand({
      options,
      members,
      addition: joining && { name: joining.name, appMayConnect: () => appMayConnect(config, joining) },
      account: config.administration.replication,
      leases: redis && new RedisLeases(redis),
      clock: systemClock,
      say: (text) => void process.stdout.write(text),
      confirm: confirmPlan,
      onLeader: async (name) => {
        if (read.mode === 'local') await recordSource(read.directory, name);
      },
    });
  } finally {
    await Promise.all([members.close(), redis?.close()]);
  }
}

/** Until a process of the cluster has been started, the cluster has no identity: the lease is then shared by all of the same name. */
async function openRedis(
  { redis: { target, prefix: configured } }: Config,
  servers: readonly MemberAddress[],
): Promise<Redis | null> {
  if (target === null) return null;
  const cluster = await readClusterName(servers, systemClock);
  const prefix = cluster === null ? configured : clusterPrefix(configured, cluster);
  const redis = new Redis({
    target,
    prefix,
    clock: systemClock,
    random: Math.random,
    timeoutMs: redisTimeoutMs,
  });
  await redis.start();
  return redis;
}

function addressesOf(config: Config): MemberAddress[] {
  const { admin } = config.administration;
  if (admin === null) {
    throw new UsageError('No account to manage replication: set CLUSTER_ADMIN_USER and CLUSTER_ADMIN_PASSWORD');
  }
  return config.cluster.nodes
    .filter(({ role }) => role !== 'backup')
    .map(({ role, weight: _, ...node }) => ({ ...node, ...admin, configuredSource: role === 'source' }));
}

function additionFrom(url: string): MemberAddress {
  return { ...addressAt(givenUrl('add-replica', url), newReplica), configuredSource: false, priority: 1 };
}

async function appMayConnect(config: Config, joining: MemberAddress): Promise<boolean> {
  const account = config.cluster.nodes.find(({ role }) => role === 'source');
  if (account === undefined) return false;
  const { user, password } = account;
  return openDirectConnection(urlOf({ ...joining, user, password })).then(
    async (connection) => {
      await connection.end();
      return true;
    },
    () => false,
  );
}

async function confirmPlan(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('No terminal to confirm on; pass --yes');
  return confirm('Proceed? [y/N] ', { input: process.stdin, output: process.stdout });
}

await entry(readClusterOptions, run);
