/** How the servers of a local cluster are connected, and which of them takes the writes. */
import type { Clock } from '../../platform/clock.ts';
import type { LocalAccounts, LocalServer } from '../../servers/local-servers.ts';
import type { NodePlan } from '../processes/server-node.ts';
import type { ServerAddress } from '../server-connection.ts';
import type { ServerFlavour } from '../server-flavour.ts';

export interface LocalTopology {
  /**
   * Called when all have started, and with the name of each that is started later. Resolves to the name of the source, or to
   * `null` while there can be none.
   */
  arrange(started: string | null): Promise<string | null>;
  close(): void;
}

export type TopologyContext = {
  /** The cluster's. */
  readonly id: string;
  readonly flavour: ServerFlavour;
  /** Without the backup. */
  readonly plans: readonly NodePlan[];
  readonly server: (name: string) => LocalServer;
  readonly runs: (name: string) => boolean;
  /** The last known source. */
  readonly formerSource: () => Promise<string>;
  readonly accounts: LocalAccounts;
  readonly semiSync: boolean;
  readonly sourceAddressFor: (replica: string, source: ServerAddress) => Promise<ServerAddress>;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly log: (line: string) => void;
};
