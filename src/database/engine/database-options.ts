/** What an engine is opened with. */
import type { ClusterOptions } from '../../cluster/cluster-options.ts';
import type { Node } from '../../cluster/node.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { PoolSettings } from '../../servers/driver.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import type { MakeClient } from '../clients/node-clients.ts';
import type { MirroringOptions } from '../mirroring/mirroring.ts';
import type { Served } from '../nodes/serves.ts';
import type { DatabaseUses } from './database-uses.ts';

export type DatabaseNode = Node & ServerAddress;

export type ReplicatedDatabaseOptions<Client> = {
  /** Tells the databases of a process apart in metrics and errors. */
  readonly name: string;
  readonly nodes: readonly DatabaseNode[];
  readonly makeClient: MakeClient<Client>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly pool: PoolSettings;
  /** How long one write transaction may last, in milliseconds. */
  readonly transactionTimeoutMs: number;
  /** Off, writes tell no position and sessions do not read their own writes: only for measuring what learning them costs. */
  readonly learnPositions?: boolean;
  /** Off, a commit whose answer is lost stays unknown: only for measuring what settling it costs. */
  readonly proveCommits?: boolean;
  /** What is done with this database: all that the other options allow, unless told. */
  readonly uses?: Partial<DatabaseUses>;
  /** Which writes are noted for the backup; none unless told. */
  readonly mirroring?: Pick<MirroringOptions, 'mirrored'>;
  /** How many reads may run on the source at once because no replica would do. */
  readonly sourceReadsLimit: number;
  /** Whether the backup may serve reads without a past when nobody else can. It may unless told. */
  readonly backupReads?: boolean;
  /** How long work may run on a node before the node is asked whether it is still there, in milliseconds. */
  readonly nodePatienceMs: number;
  /** Counts and measures nothing unless told. Several databases may share them. */
  readonly metrics?: Metrics;
  /** What every server has to be able to read to serve; not looked at unless told. */
  readonly serves?: Served;
} & Pick<ClusterOptions, 'health' | 'monitor' | 'tracker'>;
