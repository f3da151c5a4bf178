import type { Clock } from '../platform/clock.ts';
import type { LocalCredentials, TokenKey } from './directory/secrets.ts';
import type { LocalNode, LocalRedis } from './local-node.ts';
import type { ParentDeathSignal } from './processes/server-child.ts';
import type { ServerAddress } from './server-connection.ts';
import type { ServerFlavour, Topology } from './server-flavour.ts';

export type LocalClusterOptions = {
  /** Where everything lives: secrets, data, unpacked servers, `cluster.json`. */
  directory: string;
  flavour: ServerFlavour;
  /** `replication` unless told; `group` only on MySQL. */
  topology?: Topology;
  /** How many replicas there are besides the source; 2 unless told. */
  replicas?: number;
  /** Whether the backup server runs; it does unless told. */
  backup?: boolean;
  /** Whether Redis runs; it does unless told. */
  redis?: boolean;
  log: (line: string) => void;
  /** Aborting it while the cluster starts stops what was started. Without effect afterwards. */
  signal?: AbortSignal;
  /** Where unpacked server packages live; `<directory>/servers` unless told. */
  binariesDirectory?: string;
  clock?: Clock;
  /** Where a replica finds the source, when something stands between the two. */
  sourceAddressFor?: (replica: string, source: ServerAddress) => Promise<ServerAddress>;
  /** Whether a commit is acknowledged only when a replica has received it; it is unless told. */
  semiSync?: boolean;
  /** What servers get when this process dies without stopping them, on Linux; TERM unless told. */
  parentDeathSignal?: ParentDeathSignal;
};

export type LocalCluster = {
  /** Random at the first start, kept until a reset. */
  readonly id: string;
  readonly flavour: ServerFlavour;
  readonly topology: Topology;
  readonly directory: string;
  readonly database: 'orders';
  /** As they run now: a restarted node has another pid. Roles in a group are those of the last time that it came together. */
  readonly nodes: readonly LocalNode[];
  readonly redis: LocalRedis | null;
  readonly redisPassword: string;
  readonly credentials: LocalCredentials;
  readonly tokenKeys: readonly TokenKey[];
  /**
   * Starts a node that was stopped or killed, on the same port with the same data; a running one is left alone. A member
   * of a group is back in it afterwards, unless nobody is: then the group starts with the last member that is started.
   */
  startNode(name: string): Promise<LocalNode>;
  /** False once it was stopped or has ended by itself. */
  isRunning(name: string): boolean;
  /** Shuts a node down; `SIGTERM` unless told. Resolves once it is gone. */
  stopNode(name: string, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Stops what this object started, and nothing else. May be called again. */
  stop(): Promise<void>;
};
