import type { EpochHistory } from '../../consistency/epoch.ts';
import type { Flavour, Position } from '../../consistency/position.ts';
import type { ApplierState, Channel } from '../channel.ts';

export const receiverStates = ['CONNECTED', 'CONNECTING', 'STOPPED', 'NONE'] as const;
/** Whether a replica receives from its source: CONNECTING has lost it and retries, NONE is not a replica. */
export type ReceiverState = (typeof receiverStates)[number];

export type Address = { readonly host: string; readonly port: number };

/** The address of a source for replicas, and whether to require TLS. Absent: no TLS required. */
export type SourceAddress = Address & { readonly encrypted?: boolean };

/** What an administrator can do to servers of a kind over a connection. Everything else needs access to the host. */
export type MemberAbilities = {
  /** One that takes writes begins to follow another one. */
  readonly stepsDown: boolean;
  /** Rows are copied from one to another, and the copy counts as received. */
  readonly copies: boolean;
  /** What copies their data on the host. */
  readonly copyTools: string;
};

/** What a server reports for a failover plan: more than a probe, and only visible to the administrator. */
export type MemberFacts = {
  readonly identity: string;
  /** Its id for its replicas. */
  readonly id?: string;
  readonly flavour: Flavour;
  readonly version: string;
  readonly readOnly: boolean;
  /** Everything that it has committed or applied. */
  readonly position: Position;
  /** That, and what it has received and not yet applied. `null` if unknown. */
  readonly received: Position | null;
  readonly receiver: ReceiverState;
  readonly applier: ApplierState;
  readonly replicationError: string | null;
  /** Its channels. Absent: derived from `follows`. */
  readonly channels?: readonly Channel[];
  /** Configured delay. Absent: none. */
  readonly delayMs?: number;
  /** The server that it replicates, `null` if none. */
  readonly follows: Address | null;
  /** Its address for other servers. */
  readonly address: SourceAddress;
  readonly epochs: EpochHistory | null;
  /** It is a member of a replication group, which elects its source itself. Absent: no. */
  readonly inGroup?: boolean;
  /** What prevents it from replicating by GTID, as text; empty if nothing does. */
  readonly unfit: readonly string[];
  readonly abilities: MemberAbilities;
};

/** One server of the cluster, as configured and as seen now. The backup is not a member. */
export type Member = {
  readonly name: string;
  readonly configuredSource: boolean;
  /** Lower is preferred if nothing else decides. */
  readonly priority: number;
  readonly address: Address;
  /** `null` while it is unreachable. */
  readonly facts: MemberFacts | null;
  /** Why it is unreachable. */
  readonly trouble: string | null;
};

export type SeenMember = Member & { readonly facts: MemberFacts };

export function isSeenMember(member: Member): member is SeenMember {
  return member.facts !== null;
}

/** Replicates the member, under its configured address or the one that it reports. */
export function followsMember({ facts }: SeenMember, leader: Member): boolean {
  if (facts.follows === null) return false;
  const { host, port } = facts.follows;
  return [leader.address, leader.facts?.address].some((address) => address?.host === host && address.port === port);
}
