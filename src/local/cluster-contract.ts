import type { Clock } from '../platform/clock.ts';
import type { LocalCredentials, TokenKey } from './directory/secrets.ts';
import type { LocalNode, LocalRedis } from './local-node.ts';
import type { ParentDeathSignal } from './processes/server-child.ts';
import type { ServerAddress } from './server-connection.ts';
import type { ServerFlavour, Topology } from './server-flavour.ts';

export type LocalClusterOptions = {
  /** The folder for everything: secrets, data, unpacked servers, `cluster.json`. */
  directory: string;
  flavour: ServerFlavour;
  /** Default: `replication`. `group` only on MySQL. */
  topology?: Topology;
  /** Number of replicas. Default: 2. */
  replicas?: number;
  /** Whether the backup server runs. Default: true. */
  backup?: boolean;
  /** Whether Redis runs. Default: true. */
  redis?: boolean;
  log: (line: string) => void;
  /** If aborted while the cluster starts, stops what was started. No effect afterwards. */
  signal?: AbortSignal;
  /** Folder of unpacked server packages. Default: `<directory>/servers`. */
  binariesDirectory?: string;
  clock?: Clock;
  /** The address at which a replica finds the source, if there is a proxy in between. */
  sourceAddressFor?: (replica: string, source: ServerAddress) => Promise<ServerAddress>;
  /** Whether a commit is acknowledged only once a replica has received it. Default: true. */
  semiSync?: boolean;
  /** The signal that servers get if this process dies without stopping them, on Linux. Default: TERM. */
  parentDeathSignal?: ParentDeathSignal;
};

export type LocalCluster = {
  /** Generated at the first start, and kept until a reset. */
  readonly id: string;
  readonly flavour: ServerFlavour;
  readonly topology: Topology;
  readonly directory: string;
  readonly database: 'orders';
  /** In their current state: a restarted node has another pid. Roles in a group are those of the last time it formed. */
  readonly nodes: readonly LocalNode[];
  readonly redis: LocalRedis | null;
  readonly redisPassword: string;
  readonly credentials: LocalCredentials;
  readonly tokenKeys: readonly TokenKey[];
  /**
   * Starts a node that was stopped or killed, on the same port with the same data; a running one is left alone. A member
   * of a group has rejoined it afterwards; if no member is in it, the group starts with the last member that is started.
   */
  startNode(name: string): Promise<LocalNode>;
  /** False once it was stopped or has exited. */
  isRunning(name: string): boolean;
  /** Shuts a node down. Default: with `SIGTERM`. Resolves once it has exited. */
  stopNode(name: string, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Stops what this object started, and nothing else. May be called repeatedly. */
  stop(): Promise<void>;
};
