import type { EpochHistory } from '../consistency/epoch.ts';
import type { Position } from '../consistency/position.ts';
import type { AppliedMigrations } from './applied-migrations.ts';
import type { ApplierState, Channel } from './channel.ts';
import type { EpochTrouble } from './epoch-trouble.ts';
import type { Node, NodeRole } from './node.ts';
import type { ProblemCode } from './problem.ts';
import type { Refusing } from './read-refusals.ts';
import type { WritableReplica } from './roles.ts';
import type { ServerSettings } from './server-settings.ts';
import type { ServerTerms } from './server-terms.ts';
import type { ServingFault } from './serving.ts';
import type { Writability } from './writability.ts';
import type { WriteFault } from './write-fault.ts';

export const nodeStates = ['HEALTHY', 'DEGRADED', 'DOWN', 'UNKNOWN'] as const;
/** DEGRADED answers but should not be picked: replication is broken or too late. UNKNOWN has not been seen yet. */
export type NodeState = (typeof nodeStates)[number];

/** A replication group's own word for one of its members; NO_MAJORITY is one that cannot reach enough of the others. */
export const memberStates = ['ONLINE', 'RECOVERING', 'OFFLINE', 'ERROR', 'NO_MAJORITY'] as const;
export type MemberState = (typeof memberStates)[number];

/** What one probe of a node saw. */
export type ProbeReport = {
  /** Changes when another server, or the same one with other data, answers at this address. */
  readonly identity: string;
  readonly version: string;
  /** How people speak to a server of its kind. */
  readonly terms: ServerTerms;
  /** What its replicas know it by: a MariaDB server id, a MySQL UUID. */
  readonly id?: string;
  /** True when the server refuses writes, for whatever reason. */
  readonly readOnly: boolean;
  /** The variables that say so, as far as they are asked for. */
  readonly refusedBy?: readonly string[];
  /** True if its commits wait for a replica's acknowledgement before they become visible. Default: false. */
  readonly awaitsAcknowledgement?: boolean;
  readonly applier: ApplierState;
  /** False when the replica does not even try to receive more. A connection that is being tried again is no reason. */
  readonly receiving: boolean;
  /** Why replication has stopped, without what the failed statement contained: clients may see it. */
  readonly replicationError: string | null;
  /** Of a member of a replication group; absent on any other server. */
  readonly member?: MemberState;
  /** Names the group whose members may all take writes. */
  readonly group?: string;
  /** How it replicates, one by one; absent where only the sum of it is known. */
  readonly channels?: readonly Channel[];
  /** How long it stays behind on purpose. Absent is not at all. */
  readonly delayMs?: number;
  /** The server's own estimate in milliseconds, in whole seconds; `null` when it does not know. */
  readonly lagMs: number | null;
  /** Everything in it is visible to a read that starts now. */
  readonly position: Position;
  /** The same while it is the source, where that is not `position`. */
  readonly asSource?: Position;
  /** All that the server has committed or applied, wherever it came from. Absent where that is `position`. */
  readonly holds?: Position;
  /** How far it has logged the transactions of each server, by the server's id; absent where `position` tells them apart. */
  readonly logged?: Readonly<Record<string, Position>>;
  /** The promotions that this node knows of; `null` when it keeps no record. */
  readonly epochs: EpochHistory | null;
  /** Why that record could not be read now; `epochs` is then a lower bound, `null` if none is known. */
  readonly epochsUnread?: ServingFault;
  /** Why it cannot serve; empty if it can, absent if not checked. */
  readonly unable?: readonly ServingFault[];
  /** Why the source cannot write; empty if it can, absent if not checked. */
  readonly unwritable?: readonly WriteFault[];
  /** Absent if it has none to compare, or if not checked. */
  readonly migrations?: AppliedMigrations;
  /** Rights without which the account does not see how the server replicates. */
  readonly missingRights?: readonly string[];
  /** Absent if not asked: nothing is known then. */
  readonly settings?: ServerSettings;
};

/** Immutable: everything known about one node. Rules read it, only `Cluster` replaces it. */
export type NodeStatus = {
  readonly node: Node;
  readonly state: NodeState;
  /** As all servers say together (roles.ts); as configured until it was seen. */
  readonly role: NodeRole;
  readonly report: ProbeReport | null;
  /** A lower bound of what the node has; `null` is unknown. Grows between reports as the tracker learns more. */
  readonly position: Position | null;
  /** Reading of the monotonic clock from before the report was asked for, so that its age is never understated. */
  readonly asOfMs: number | null;
  /** The same clock when the report was there. */
  readonly reportedMs: number | null;
  /** Probes in a row that failed, and that succeeded. */
  readonly failures: number;
  readonly successes: number;
  /** Good probes that a DOWN node still has to show before it serves. */
  readonly probation: number;
  /** Good probes in a row that found replication well, and that found it later than is allowed. */
  readonly soundProbes: number;
  readonly lateProbes: number;
  /** Serves no reads for no other reason than being late, by mistake or on purpose: may stand in while too few are well. */
  readonly isLate: boolean;
  /** The report that first showed transactions which the source lacks, and since when; `null` since it was found without. */
  readonly suspect: { readonly report: ProbeReport; readonly sinceMs: number } | null;
  /** Transactions that its source has never had, in the server's words. */
  readonly errant: readonly string[];
  /** Why no position of the server says what it has; `null` when its positions do. */
  readonly blind: ProblemCode | null;
  /** It has committed what is not in its log: no replica will ever receive that. */
  readonly unlogged: boolean;
  /** Where it stood when it last wrote without numbers; `null` when it is not known to have. */
  readonly unnumberedUntil: Position | null;
  /** It answers probes and repeatedly refuses reads; `null` when it is not known to. */
  readonly refusing: Refusing | null;
  /** Why the node is not HEALTHY, in words. */
  readonly trouble: string | null;
  /** A connection to it was lost, at this reading of the monotonic clock: whether the server is there the next probe tells. */
  readonly doubt: { readonly sinceMs: number; readonly trouble: string } | null;
  /** Why a new epoch could not be recorded on this server; absent when it could, or need not. */
  readonly epochTrouble?: EpochTrouble | null;
  /** True for the last server that was seen to accept writes, even while it is down and has not been replaced. */
  readonly tookWrites: boolean;
  /** `null` while it refuses writes, and until it was seen. */
  readonly writability: Writability | null;
  /** A replica that would take writes. */
  readonly writableReplica: WritableReplica | null;
  /** Servers that all take writes and replicate each other, this one among them; empty for any other. */
  readonly writableRing: readonly string[];
};

export function unseen(node: Node): NodeStatus {
  return {
    node,
    state: 'UNKNOWN',
    role: node.configuredRole,
    report: null,
    position: null,
    asOfMs: null,
    reportedMs: null,
    failures: 0,
    successes: 0,
    probation: 0,
    soundProbes: 0,
    lateProbes: 0,
    isLate: false,
    suspect: null,
    errant: [],
    blind: null,
    unlogged: false,
    unnumberedUntil: null,
    refusing: null,
    trouble: 'not seen yet',
    doubt: null,
    tookWrites: false,
    writability: null,
    writableReplica: null,
    writableRing: [],
  };
}

/** A node's position only grows while the same server answers; a lower or equal one changes nothing. */
export function withPosition(status: NodeStatus, position: Position): NodeStatus {
  if (status.position?.includes(position)) return status;
  const grown = status.position?.flavour === position.flavour ? status.position.merge(position) : position;
  return { ...status, position: grown };
}

/** The server may have gone back: nothing is known of its position until it is asked again. */
export function withPositionUnknown(status: NodeStatus): NodeStatus {
  return status.position === null ? status : { ...status, position: null };
}
