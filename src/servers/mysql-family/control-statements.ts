import type { Address, MemberFacts } from '../../cluster/failover/member.ts';
import type { Row } from '../rows.ts';

export type FollowValues = Address & {
  readonly account: { readonly user: string; readonly password: string } | null;
  /** Encrypts from now on, and believes whoever answers: a server knows no CA unless somebody has put it there. */
  readonly encrypts: boolean;
};

/** How the administrator of a server speaks to it: what `ServerStatements` is for everybody. */
export interface ControlStatements {
  /** Columns that `facts` reads. */
  readonly look: string;
  /** The part of the facts that comes from the server and its replication. */
  facts(look: Row, replication: readonly Row[]): Omit<MemberFacts, 'epochs' | 'address' | 'abilities'>;
  readonly refuseWrites: readonly string[];
  readonly acceptWrites: readonly string[];
  /** Lets an administrator write while everybody else is refused. */
  readonly admitAdministrator: readonly string[];
  readonly stopReceiving: string;
  readonly startApplying: string;
  readonly stopReplicating: string;
  readonly forget: string;
  /** Before a server follows for the first time: what it has committed itself counts as received. */
  readonly beginAtOwnPosition: readonly string[];
  /** Column that says `Yes` where a server follows encrypted. */
  readonly encrypted: string;
  /** `quote` makes a literal. */
  follow(values: FollowValues, quote: (text: string) => string): readonly string[];
  /** Forgets every transaction of its own, and counts `position` as received. */
  holdOnly(position: string, version: string): readonly string[];
  /** Whether acknowledgements of replicas are waited for: variables that exist only where the server can. */
  readonly semiSync: { readonly scope: 'GLOBAL' | 'PERSIST'; readonly source: string; readonly replica: string };
  /** One row whose column `purged` is empty when the server still has every transaction since its first. */
  readonly purged: string;
}
