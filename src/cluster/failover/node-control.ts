import type { EpochRecord } from '../../consistency/epoch.ts';
import type { MemberFacts, SourceAddress } from './member.ts';

export type ReplicationAccount = { readonly user: string; readonly password: string };

/**
 * What a failover does to one server, implemented where SQL is spoken, with an administrator's account. Each call may be
 * made again when it was made already. All reject on a lost connection or after a deadline of their own.
 */
export interface NodeControl {
  look(): Promise<MemberFacts>;
  /** Resolves when no write runs any more and none is let in. */
  refuseWrites(): Promise<void>;
  acceptWrites(): Promise<void>;
  stopReceiving(): Promise<void>;
  startApplying(): Promise<void>;
  /** Keeps what was applied. `forget`: the server does not remember whom it followed, and begins nothing at its next start. */
  stopReplicating(options: { forget: boolean }): Promise<void>;
  /**
   * Follows from where the server is. Without an account the one that it used last. Returns before it has connected. How it
   * encrypts already stays as it is.
   */
  follow(source: SourceAddress, account: ReplicationAccount | null): Promise<void>;
  /** Throws away what the server holds and copies what `source` holds. `onTable` hears of each table that is there. */
  copyFrom(source: NodeControl, onTable: (table: string, rows: number) => void): Promise<void>;
  /** Writes one row of `cluster_epochs` although the server refuses everybody else's writes. */
  recordEpoch(record: EpochRecord): Promise<void>;
  close(): Promise<void>;
}
