import type { EpochHistory } from '../../consistency/epoch.ts';
import type { Flavour, Position } from '../../consistency/position.ts';
import type { ApplierState, Channel } from '../channel.ts';

export const receiverStates = ['CONNECTED', 'CONNECTING', 'STOPPED', 'NONE'] as const;
/** Whether a replica gets what its source writes: CONNECTING has lost it and tries again, NONE is no replica. */
export type ReceiverState = (typeof receiverStates)[number];

export type Address = { readonly host: string; readonly port: number };

/** Where replicas find a source, and whether nobody is to read along. Absent: that is not asked for. */
export type SourceAddress = Address & { readonly encrypted?: boolean };

/** What servers of a kind do when an administrator says so over a connection. What they do not takes somebody on the host. */
export type MemberAbilities = {
  /** One that takes writes begins to follow another one. */
  readonly stepsDown: boolean;
  /** Rows are copied from one to another, and the copy counts as received. */
  readonly copies: boolean;
  /** What copies their data on the host. */
  readonly copyTools: string;
};

/** What a server says of itself when a failover is planned: more than a probe asks, and only the administrator may see it. */
export type MemberFacts = {
  readonly identity: string;
  /** What its replicas know it by. */
  readonly id?: string;
  readonly flavour: Flavour;
  readonly version: string;
  readonly readOnly: boolean;
  /** Everything that it has committed or applied. */
  readonly position: Position;
  /** That and what it has received and not applied yet. `null` when nobody can tell. */
  readonly received: Position | null;
  readonly receiver: ReceiverState;
  readonly applier: ApplierState;
  readonly replicationError: string | null;
  /** How it replicates, one by one. Absent: as `follows` and the others have it. */
  readonly channels?: readonly Channel[];
  /** How long it stays behind on purpose. Absent: not at all. */
  readonly delayMs?: number;
  /** The server that it replicates, `null` when that is nobody. */
  readonly follows: Address | null;
  /** Where other servers find it. */
  readonly address: SourceAddress;
  readonly epochs: EpochHistory | null;
  /** A replication group, which elects its source itself, counts this server as its own. Absent: it does not. */
  readonly inGroup?: boolean;
  /** What stands in the way of replicating by GTID, in words; empty when nothing does. */
  readonly unfit: readonly string[];
  readonly abilities: MemberAbilities;
};

/** One server of the cluster as it was configured and as it is seen now. The backup is no member. */
export type Member = {
  readonly name: string;
  readonly configuredSource: boolean;
  /** Lower is preferred where nothing else decides. */
  readonly priority: number;
  readonly address: Address;
  /** `null` while it is out of reach. */
  readonly facts: MemberFacts | null;
  /** Why it is out of reach. */
  readonly trouble: string | null;
};

export type SeenMember = Member & { readonly facts: MemberFacts };

export function isSeenMember(member: Member): member is SeenMember {
  return member.facts !== null;
}

/** Follows the member, under the address that it was given or the one that it tells others. */
export function followsMember({ facts }: SeenMember, leader: Member): boolean {
  if (facts.follows === null) return false;
  const { host, port } = facts.follows;
  return [leader.address, leader.facts?.address].some((address) => address?.host === host && address.port === port);
}
