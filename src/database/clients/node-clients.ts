import type { SqlDriverAdapterFactory } from '@prisma/client/runtime/client';
import { readReplicas } from '@prisma/extension-read-replicas';
import { defaultMaxCommitMs } from '../../cluster/commit-patience.ts';
import type { Clock } from '../../platform/clock.ts';
import type { PoolSettings } from '../../servers/driver.ts';
import { driverAt } from '../../servers/known-flavours.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { type MirroringOptions, mirroring } from '../mirroring/mirroring.ts';
import type { DatabaseScope } from '../session/database-scope.ts';
import { healthGating } from '../session/read-through-session.ts';
import { readsOnly } from '../session/reads-only.ts';
import { refusingWrites } from '../session/refusing-writes.ts';
import { sharingLookups } from '../session/shared-lookups.ts';
import { CapturingPool } from './capturing-pool.ts';
import { type OwnStatements, ownStatements } from './own-statements.ts';

/** What a generated Prisma client has in common with every other one. */
export type PrismaClientLike = {
  $extends(extension: never): unknown;
  $connect(): Promise<void>;
  $disconnect(): Promise<void>;
};
export type MakeClient<Client> = (options: { adapter: SqlDriverAdapterFactory }) => Client;

export type NodeClientOptions<Client> = {
  readonly pool: PoolSettings;
  readonly makeClient: MakeClient<Client>;
  /** Of the database that the node has a copy of. */
  readonly scope: DatabaseScope;
  readonly clock: Clock;
  /** Counts only time in which this process could run. Default: `clock`. */
  readonly ownClock?: Clock;
  /** The factor by which waits may be longer now. Default: 1. */
  readonly stretch?: () => number;
  readonly learnPositions?: boolean;
  readonly proveCommits?: boolean;
  /** Which writes are recorded for the backup. Default: none. */
  readonly mirroring?: MirroringOptions;
};

/** The monitor of the node. */
export type ConnectionWatch = {
  readonly onConnectionLost: (trouble: string) => void;
  /** Whether the server is there, after a connection to it was lost. */
  readonly isThere: () => Promise<boolean>;
  /** How long the answer to a COMMIT is waited for, in milliseconds. */
  readonly commitPatienceMs: () => number;
};

const unwatched: ConnectionWatch = {
  onConnectionLost: () => undefined,
  isThere: async () => false,
  commitPatienceMs: () => defaultMaxCommitMs,
};

/** The clients of one node. */
export type NodeClients<Client> = {
  readonly pool: CapturingPool;
  /** Talks to this node only. */
  readonly direct: Client;
  /** Reads where the current session is pinned, and does nothing else. */
  readonly composed: Client;
  /** Asks this node only, below its client. */
  readonly own: OwnStatements;
};

/**
 * One client per node, and for each the composition in which it is the source:
 *
 *   direct = client.$extends(mirroring)                    records for the backup what is written; in a read-only database
 *                                                          $extends(refusingWrites)
 *   gated = direct.$extends(healthGating(scope))           sends each read to the node that the router chose
 *   split = direct.$extends(readReplicas({ replicas: [gated] }))
 *                                                          separates reads from everything else
 *   composed = split.$extends(readsOnly(scope))            refuses everything else
 *
 * Every node gets both: after a failover another one is the source.
 */
export function makeNodeClients<Client extends PrismaClientLike>(
  address: ServerAddress,
  {
    pool: settings,
    makeClient,
    scope,
    clock,
    ownClock = clock,
    stretch = () => 1,
    learnPositions = true,
    proveCommits = true,
    mirroring: mirrored,
  }: NodeClientOptions<Client>,
  watch: ConnectionWatch = unwatched,
): NodeClients<Client> {
  const driver = driverAt(address);
  const opened = driver.openPool(address, settings, { ownClock, ms: settings.acquireTimeoutMs });
  const pool = new CapturingPool(opened.pool, {
    learnPositions,
    proveCommits,
    scope,
    driver,
    cut: opened.cut,
    clock,
    ownClock,
    stretch,
    acquireTimeoutMs: settings.acquireTimeoutMs,
    ...watch,
  });
  const adapter = driver.adapter(pool, address.database);
  const made = makeClient({ adapter });
  // Extensions are typed for one generated client each; these leave the client's type unchanged.
  const extending = (client: Client) => client as unknown as { $extends(extension: unknown): Client };
  const refusing = settings.onlyReads === true ? extending(made).$extends(refusingWrites(scope, pool)) : made;
  const direct = mirrored === undefined ? refusing : extending(refusing).$extends(mirroring(pool, mirrored));
  const extended = extending(direct);
  const gated = extended.$extends(healthGating(scope));
  const split = extending(extended.$extends(readReplicas({ replicas: [gated as never] })));
  const composed = split.$extends(readsOnly(scope, settings));
  return { pool, direct, composed, own: sharingLookups(ownStatements(pool), scope) };
}

export async function closeNodeClients<Client extends PrismaClientLike>(clients: NodeClients<Client>): Promise<void> {
  await clients.direct.$disconnect();
  await clients.pool.end();
}
