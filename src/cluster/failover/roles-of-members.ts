/** The same roles that reads and writes go by, of servers in the hands of their administrator. Pure. */
import type { Channel } from '../channel.ts';
import { sourceIdOf } from '../heard-epoch.ts';
import { decideRoles, type Server } from '../roles.ts';
import { upstreamOf } from '../who-follows-whom.ts';
import type { Member, MemberFacts } from './member.ts';

/** Members that commit and follow nobody else's writes; more than one is a conflict. */
export function writableSources<T extends Member>(members: readonly T[]): readonly T[] {
  const standings = decideRoles(members.map(serverOf));
  return members.filter(({ name, facts }) => facts !== null && standings.get(name)?.role === 'SOURCE');
}

/** Gets what the leader writes, directly or over others, as far as its settings say. */
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
