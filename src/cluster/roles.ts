/**
 * The role of each server, from what all of them report. Pure. A server that replicates another may be the source all the same (servers
 * that replicate each other, a replica promoted with its settings left), and a writable one may be a replica that was never made
 * read-only. So the rules look at who can commit, then at who replicates whom, and only then at the configuration.
 *
 *   refuses writes, by whichever of its variables          REPLICA
 *   commits, replicates none (any more)                    SOURCE; choose-source.ts decides between several
 *   commits, of a group in which several do by design      SOURCE is one of them: the one that has it, else the configured one,
 *                                                          else the first that is there; the others are replicas
 *   commits, replicates a server that commits              REPLICA, writable by mistake
 *     … and that one replicates it                         SOURCE, both: two that accept writes are a conflict
 *     … which has returned with an older epoch, or while
 *       this one has the writes                            SOURCE
 *   commits, replicates only servers that refuse           SOURCE, unless it was writable beside its source all along
 *   commits, replicates one that is unreachable            SOURCE if it has the writes already, if the newest epoch names it,
 *                                                          if it was seen to become writable now, or if it is the configured
 *                                                          one and no other was the source since; else REPLICA
 *
 * A backup stays one. The last report of an unreachable server counts for whom it replicates.
 */
import type { EpochHistory } from '../consistency/epoch.ts';
import type { Channel } from './channel.ts';
import { epochOf } from './heard-epoch.ts';
import type { NodeRole } from './node.ts';
import { type Address, type Following, sourceOfChannel, upstreamOf } from './who-follows-whom.ts';
import { followedAddresses, type Writability } from './writability.ts';

/** BLINKED: a connection was lost, and it has not been probed since. */
export type Presence = 'THERE' | 'BLINKED' | 'AWAY';

export type Server = Following & {
  readonly configuredRole: NodeRole;
  readonly presence: Presence;
  /** From its last report; false without one. */
  readonly commits: boolean;
  /** A group whose members may all commit by design; `null` without one. */
  readonly group: string | null;
  /** How the newest epoch names it, if it is the source. */
  readonly epochId: string | null;
  readonly epochs: EpochHistory | null;
  /** It has the writes, as far as known. */
  readonly hasWrites: boolean;
  /** `null` while it refuses writes. */
  readonly writability: Writability | null;
  readonly addresses: readonly Address[];
};

/** Why a server that would commit is not sent the writes. */
export type WritableReplica = {
  /** The servers that it replicates, by name or by address. */
  readonly follows: readonly string[];
  /** It is unknown whether the server that it replicates accepts writes: it may be the source. */
  readonly isDoubtful: boolean;
};

export type Standing = {
  readonly role: NodeRole;
  /** Channels that carry the cluster's writes; all of them if that is unknown. */
  readonly channels: readonly Channel[];
  /** `null` for any other. */
  readonly writableReplica: WritableReplica | null;
  /** Names of servers that commit, replicate no other server's writes, and replicate each other. */
  readonly ring: readonly string[];
};

export function decideRoles(servers: readonly Server[]): ReadonlyMap<string, Standing> {
  const members = servers.filter(({ configuredRole }) => configuredRole !== 'BACKUP');
  return new Map(servers.map((server) => [server.name, decideStanding(server, members)]));
}

function decideStanding(server: Server, members: readonly Server[]): Standing {
  const channels = ownChannels(server, members);
  const plain = { channels, writableReplica: null, ring: [] };
  if (server.configuredRole === 'BACKUP') return { ...plain, role: 'BACKUP' };
  if (!server.commits) return { ...plain, role: 'REPLICA' };
  if (server.group !== null) {
    return { ...plain, role: chosenOfGroup(server.group, members) === server ? 'SOURCE' : 'REPLICA' };
  }
  const upstream = upstreamOf(server, members);
  const ring = [...upstream.servers].filter((other) => upstreamOf(other, members).servers.has(server));
  const above = [...upstream.servers].filter((other) => !ring.includes(other));
  const writableRing = ring.filter(({ commits, presence }) => commits && presence !== 'AWAY').map(({ name }) => name);
  if (leads(server, above, upstream.unknown, members)) {
    return { ...plain, role: 'SOURCE', ring: writableRing.length > 1 ? writableRing : [] };
  }
  const isDoubtful = !above.some((other) => rules(other));
  return { ...plain, role: 'REPLICA', writableReplica: { follows: followedBy(server, members), isDoubtful } };
}

function leads(
  server: Server,
  above: readonly Server[],
  unknown: readonly Channel[],
  members: readonly Server[],
): boolean {
  if (above.length === 0 && unknown.length === 0) return true;
  const { writability } = server;
  const ruling = above.filter(rules);
  if (ruling.length > 0) {
    const returned = ruling.every((other) => epochOf(other) < epochOf(server));
    if (returned && isNamed(server)) return true;
    return (
      server.hasWrites && followedAddresses(server.channels).every((place) => writability?.following.includes(place))
    );
  }
  if (server.hasWrites) return true;
  const isVacant = !members.some(({ hasWrites }) => hasWrites);
  if (isVacant && isNamed(server) && isNewest(server, members)) return true;
  const silent = above.filter(({ presence }) => presence !== 'THERE');
  const became = writability?.flipped === true;
  if (silent.length === 0 && unknown.length === 0) return became || writability?.besideSource !== true;
  return (became && writability?.besideSource !== true) || (isVacant && isExpected(server, members));
}

/** Another server gets the clients' writes, as far as known. */
const rules = ({ commits, presence }: Server): boolean => commits && presence !== 'AWAY';

const isNamed = ({ epochs, epochId }: Server): boolean => epochs?.at(-1)?.sourceId === epochId;

const isNewest = (server: Server, members: readonly Server[]): boolean =>
  members.every((other) => epochOf(other) <= epochOf(server));

function isExpected(server: Server, members: readonly Server[]): boolean {
  if (server.configuredRole !== 'SOURCE') return false;
  const newest = members.reduce((last, member) => (epochOf(member) > epochOf(last) ? member : last), server);
  const named = newest.epochs?.at(-1)?.sourceId ?? '';
  return named === '' || named === server.epochId;
}

function chosenOfGroup(group: string, members: readonly Server[]): Server | undefined {
  const able = members.filter((member) => member.group === group && member.commits);
  const there = able.filter(({ presence }) => presence === 'THERE');
  return (
    able.find(({ hasWrites, presence }) => hasWrites && presence !== 'AWAY') ??
    there.find(({ configuredRole }) => configuredRole === 'SOURCE') ??
    there[0]
  );
}

/** A channel from outside the cluster may stand still: no reads here depend on it. */
function ownChannels({ channels }: Server, members: readonly Server[]): readonly Channel[] {
  const own = channels.filter((channel) => sourceOfChannel(channel, members) !== null);
  return own.length > 0 ? own : channels;
}

function followedBy({ channels }: Server, members: readonly Server[]): readonly string[] {
  return channels.map((channel) => sourceOfChannel(channel, members)?.name ?? `${channel.host}:${channel.port}`);
}
