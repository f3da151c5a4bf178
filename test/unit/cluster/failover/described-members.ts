import type { Member, MemberFacts } from '../../../../src/cluster/failover/member.ts';
import type { EpochHistory } from '../../../../src/consistency/epoch.ts';
import type { Flavour } from '../../../../src/consistency/position.ts';
import { parsePosition } from '../../../support/positions.ts';

export type Described = Partial<Omit<MemberFacts, 'position' | 'received' | 'follows'>> & {
  readonly position?: string;
  /** As far as `position` unless told. */
  readonly received?: string | null;
  /** Name of the member. */
  readonly follows?: string | null;
  readonly down?: boolean;
};

export const firstEpoch: EpochHistory = [{ epoch: 1, sourceId: '', endOfPrevious: null }];

const portOf = (name: string): number => (name === 'source' ? 3300 : 3300 + Number(name.split('-')[1]));

export function member(name: string, given: Described = {}, flavour: Flavour = 'mariadb'): Member {
  const isReplica = name !== 'source';
  const address = { host: 'db', port: portOf(name) };
  const base = { name, configuredSource: !isReplica, priority: 1, address };
  if (given.down) return { ...base, facts: null, trouble: 'refused the connection' };
  const { position = '0-1-100', received = position, follows = isReplica ? 'source' : null, down: _, ...facts } = given;
  return {
    ...base,
    trouble: null,
    facts: {
      identity: `${name}@db`,
      flavour,
      version: '10.11.14-MariaDB',
      readOnly: isReplica,
      position: parsePosition(flavour, position),
      received: received === null ? null : parsePosition(flavour, received),
      receiver: follows === null ? 'NONE' : 'CONNECTING',
      applier: follows === null ? 'NONE' : 'RUNNING',
      replicationError: null,
      follows: follows === null ? null : { host: 'db', port: portOf(follows) },
      address,
      epochs: firstEpoch,
      unfit: [],
      abilities: { stepsDown: true, copies: true, copyTools: 'a dump' },
      ...facts,
    },
  };
}

export function secondEpoch(source: string, end: string, flavour: Flavour = 'mariadb'): EpochHistory {
  return [...firstEpoch, { epoch: 2, sourceId: `${source}@db`, endOfPrevious: parsePosition(flavour, end) }];
}
