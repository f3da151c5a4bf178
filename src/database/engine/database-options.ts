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
  /** Distinguishes the databases of a process in metrics and errors. */
  readonly name: string;
  readonly nodes: readonly DatabaseNode[];
  readonly makeClient: MakeClient<Client>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly pool: PoolSettings;
  /** How long one write transaction may last, in milliseconds. */
  readonly transactionTimeoutMs: number;
  /** If off, writes return no position and sessions do not read their own writes: only for measuring the cost. */
  readonly learnPositions?: boolean;
  /** Off, a commit whose answer is lost stays unknown: only for measuring what settling it costs. */
  readonly proveCommits?: boolean;
  /** What the database is used for. Default: everything that the other options allow. */
  readonly uses?: Partial<DatabaseUses>;
  /** Which writes are recorded for the backup. Default: none. */
  readonly mirroring?: Pick<MirroringOptions, 'mirrored'>;
  /** How many reads may run on the source at once because no replica would do. */
  readonly sourceReadsLimit: number;
  /** Whether the backup may serve reads without a past if no other server can. Default: true. */
  readonly backupReads?: boolean;
  /** How long work may run on a node before the node is asked whether it is still there, in milliseconds. */
  readonly nodePatienceMs: number;
  /** Default: no metrics. Several databases may share them. */
  readonly metrics?: Metrics;
  /** What every server must be able to read in order to serve. Default: not checked. */
  readonly serves?: Served;
} & Pick<ClusterOptions, 'health' | 'monitor' | 'tracker'>;
