/** The roles used for reads and writes, derived from the administrator's view of the servers. Pure. */
import type { Channel } from '../channel.ts';
import { sourceIdOf } from '../heard-epoch.ts';
import { decideRoles, type Server } from '../roles.ts';
import { upstreamOf } from '../who-follows-whom.ts';
import type { Member, MemberFacts } from './member.ts';

/** Members that commit and replicate no other server's writes; more than one is a conflict. */
export function writableSources<T extends Member>(members: readonly T[]): readonly T[] {
  const standings = decideRoles(members.map(serverOf));
  return members.filter(({ name, facts }) => facts !== null && standings.get(name)?.role === 'SOURCE');
}

/** Receives what the leader writes, directly or through others, according to its settings. */
export function isFedBy(member: Member, leader: Member, members: readonly Member[]): boolean {
  const servers = members.map(serverOf);
  const own = servers.find(({ name }) => name === member.name);
  return own !== undefined && [...upstreamOf(own, servers).servers].some(({ name }) => name === leader.name);
}

function serverOf({ name, configuredSource, address, facts }: Member): Server {
  return {
    name,
    configuredRole: configuredSource ? 'SOURCE' : 'REPLICA',
    id: facts?.id ?? null,
    addresses: facts === null ? [address] : [address, facts.address],
    channels: facts === null ? [] : channelsOf(facts),
    presence: facts === null ? 'AWAY' : 'THERE',
    commits: facts !== null && !facts.readOnly,
    group: null,
    epochId: facts === null ? null : sourceIdOf(facts.identity),
    epochs: facts?.epochs ?? null,
    hasWrites: false,
    writability: null,
  };
}

function channelsOf({ channels, follows, receiver, applier, replicationError }: MemberFacts): readonly Channel[] {
  if (channels !== undefined) return channels;
  if (follows === null) return [];
  const [receiving, applying] = [receiver !== 'STOPPED', applier === 'RUNNING'];
  const unnamed = { name: '', sourceId: null, delayMs: 0, lagMs: null, error: replicationError };
  return [{ ...unnamed, ...follows, receiving, applying }];
}
