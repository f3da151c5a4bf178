import type { EpochRecord } from '../../consistency/epoch.ts';
import type { MemberFacts, SourceAddress } from './member.ts';

export type ReplicationAccount = { readonly user: string; readonly password: string };

/**
 * What a failover does to one server, implemented with SQL and an administrator's account. Each call is idempotent. All reject on a
 * lost connection or after a deadline of their own.
 */
export interface NodeControl {
  probe(): Promise<MemberFacts>;
  /** Resolves when no write is running any more and new ones are refused. */
  refuseWrites(): Promise<void>;
  acceptWrites(): Promise<void>;
  stopReceiving(): Promise<void>;
  startApplying(): Promise<void>;
  /** Keeps what was applied. `forget`: removes the replication settings, so that it starts nothing after a restart. */
  stopReplicating(options: { forget: boolean }): Promise<void>;
  /**
   * Replicates from the server's current position. Without an account it uses its last one. Returns before it has connected. Its TLS
   * settings are kept.
   */
  follow(source: SourceAddress, account: ReplicationAccount | null): Promise<void>;
  /** Discards the server's data and copies that of `source`. `onTable` is called for each copied table. */
  copyFrom(source: NodeControl, onTable: (table: string, rows: number) => void): Promise<void>;
  /** Writes one row of `cluster_epochs` although the server refuses all other writes. */
  recordEpoch(record: EpochRecord): Promise<void>;
  close(): Promise<void>;
}
