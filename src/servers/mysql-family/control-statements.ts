import type { Address, MemberFacts } from '../../cluster/failover/member.ts';
import type { Row } from '../rows.ts';

export type FollowValues = Address & {
  readonly account: { readonly user: string; readonly password: string } | null;
  /** Encrypts from then on, without checking the peer's identity: a server has no CA unless one was installed there. */
  readonly encrypts: boolean;
};

/** How a server is administered: for administrators what `ServerStatements` is for all other accounts. */
export interface ControlStatements {
  /** Columns that `facts` reads. */
  readonly probe: string;
  /** The part of the facts that comes from the server and its replication. */
  facts(probe: Row, replication: readonly Row[]): Omit<MemberFacts, 'epochs' | 'address' | 'abilities'>;
  readonly refuseWrites: readonly string[];
  readonly acceptWrites: readonly string[];
  /** Lets an administrator write while all other accounts are refused. */
  readonly admitAdministrator: readonly string[];
  readonly stopReceiving: string;
  readonly startApplying: string;
  readonly stopReplicating: string;
  readonly forget: string;
  /** Before a server follows for the first time: counts what it has committed itself as received. */
  readonly beginAtOwnPosition: readonly string[];
  /** The column that reads `Yes` if replication is encrypted. */
  readonly encrypted: string;
  /** `quote` makes a string literal. */
  follow(values: FollowValues, quote: (text: string) => string): readonly string[];
  /** Discards every transaction of its own, and counts `position` as received. */
  holdOnly(position: string, version: string): readonly string[];
  /** Whether commits wait for replicas' acknowledgements: variables that exist only if the server supports it. */
  readonly semiSync: { readonly scope: 'GLOBAL' | 'PERSIST'; readonly source: string; readonly replica: string };
  /** One row whose column `purged` is empty if the server still has every transaction since its first. */
  readonly purged: string;
}
