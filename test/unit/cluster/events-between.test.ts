import { describe, expect, it } from 'vitest';
import { clusterEventKinds, clusterEventNames } from '../../../src/cluster/cluster-event.ts';
import { type ClusterSnapshot, withSourceRemembered } from '../../../src/cluster/cluster-snapshot.ts';
import { eventsBetween } from '../../../src/cluster/events-between.ts';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import { makeNode, makeReport } from '../../support/scripted-probe.ts';

type Probed = 'well' | 'late' | 'down' | 'unseen' | 'writable' | 'read-only';

/** What a row says of a node: `source well`, `replica-2/2 down` with its priority. */
function status(text: string): NodeStatus {
  const [named = '', probe] = text.split(' ') as [string, Probed];
  const [name = '', priority = '1'] = named.split('/');
  const configuredRole = name === 'backup' ? 'BACKUP' : name === 'source' ? 'SOURCE' : 'REPLICA';
  const before = unseen(makeNode(name, { configuredRole, priority: Number(priority) }));
  const source = probe === 'writable' || (configuredRole !== 'REPLICA' && probe !== 'read-only');
  const role = configuredRole === 'BACKUP' ? 'BACKUP' : source ? 'SOURCE' : 'REPLICA';
  if (probe === 'unseen') return before;
  if (probe === 'down') return { ...before, state: 'DOWN', trouble: 'lost the connection', failures: 2 };
  const state = probe === 'late' ? 'DEGRADED' : 'HEALTHY';
  return { ...before, state, role, report: makeReport(source ? 'SOURCE' : 'REPLICA'), trouble: null };
}

/** The snapshots that `probes` stand for, one after another, each knowing who took the writes before. */
function story(probes: readonly string[]): readonly ClusterSnapshot[] {
  const snapshots: ClusterSnapshot[] = [];
  for (const probe of probes) {
    const remembered = snapshots.at(-1)?.find(({ tookWrites }) => tookWrites)?.node.name;
    const fresh = probe.split(', ').map((text) => {
      const made = status(text);
      return { ...made, tookWrites: made.node.name === remembered };
    });
    snapshots.push(withSourceRemembered(fresh));
  }
  return snapshots;
}

function eventsOf(probes: readonly string[]): readonly (readonly string[])[] {
  const snapshots = story(probes);
  return snapshots
    .slice(1)
    .map((after, index) =>
      eventsBetween(snapshots[index] ?? [], after).map(({ name, node }) => (node === null ? name : `${name} ${node}`)),
    );
}

const rows: [what: string, probes: string[], last: string[]][] = [
  ['nothing', ['source well, replica-1 well', 'source well, replica-1 well'], []],
  ['a start that finds all well', ['source unseen, replica-1 unseen', 'source well, replica-1 well'], []],
  ['a start that has seen the source only', ['source unseen, replica-1 unseen', 'source well, replica-1 unseen'], []],
  [
    'a start that finds its replica down',
    ['source well, replica-1 unseen', 'source well, replica-1 down'],
    ['NODE_DOWN replica-1', 'READS_MOVED_TO_FALLBACK'],
  ],
  [
    'a start that finds its source down',
    ['source unseen, replica-1 well', 'source down, replica-1 well'],
    ['NODE_DOWN source', 'SOURCE_LOST'],
  ],
  [
    'a source that comes after all',
    ['source unseen, replica-1 well', 'source down, replica-1 well', 'source well, replica-1 well'],
    ['NODE_RESTORED source', 'SOURCE_RESTORED source'],
  ],
  [
    'one of two replicas goes',
    ['source well, replica-1 well, replica-2 well', 'source well, replica-1 down, replica-2 well'],
    ['NODE_DOWN replica-1'],
  ],
  [
    'the first in line goes',
    ['source well, replica-1/1 well, replica-2/2 well', 'source well, replica-1/1 down, replica-2/2 well'],
    ['NODE_DOWN replica-1', 'READS_MOVED_TO_FALLBACK'],
  ],
  [
    'the second in line goes too',
    ['source well, replica-1/1 down, replica-2/2 well', 'source well, replica-1/1 down, replica-2/2 down'],
    ['NODE_DOWN replica-2', 'READS_MOVED_TO_FALLBACK'],
  ],
  [
    'the first in line is back',
    ['source well, replica-1/1 down, replica-2/2 well', 'source well, replica-1/1 well, replica-2/2 well'],
    ['NODE_RESTORED replica-1', 'READS_MOVED_TO_PREFERRED'],
  ],
  [
    'the last replica is late',
    ['source well, replica-1 well', 'source well, replica-1 late'],
    ['NODE_DEGRADED replica-1', 'READS_MOVED_TO_FALLBACK'],
  ],
  [
    'the source goes',
    ['source well, replica-1 well', 'source down, replica-1 well'],
    ['NODE_DOWN source', 'SOURCE_LOST source'],
  ],
  [
    'the source comes back',
    ['source well, replica-1 well', 'source down, replica-1 well', 'source well, replica-1 well'],
    ['NODE_RESTORED source', 'SOURCE_RESTORED source'],
  ],
  [
    'everything goes',
    ['source well, replica-1 down', 'source down, replica-1 down'],
    ['NODE_DOWN source', 'LIMITED_FUNCTIONALITY_ENTERED', 'SOURCE_LOST source'],
  ],
  [
    'everything but the backup goes',
    ['source well, backup well', 'source down, backup well'],
    ['NODE_DOWN source', 'LIMITED_FUNCTIONALITY_ENTERED', 'SOURCE_LOST source'],
  ],
  [
    'the source returns first',
    ['source well, replica-1 well', 'source down, replica-1 down', 'source well, replica-1 down'],
    ['NODE_RESTORED source', 'LIMITED_FUNCTIONALITY_LEFT', 'READS_MOVED_TO_FALLBACK', 'SOURCE_RESTORED source'],
  ],
  [
    'a replica returns first',
    ['source well, replica-1 well', 'source down, replica-1 down', 'source down, replica-1 well'],
    ['NODE_RESTORED replica-1', 'LIMITED_FUNCTIONALITY_LEFT', 'READS_MOVED_TO_PREFERRED'],
  ],
  [
    'the only server goes and comes',
    ['source well', 'source down', 'source well'],
    ['NODE_RESTORED source', 'LIMITED_FUNCTIONALITY_LEFT', 'READS_MOVED_TO_PREFERRED', 'SOURCE_RESTORED source'],
  ],
  [
    'a replica is promoted after the source was killed',
    [
      'source well, replica-1 well, replica-2 well',
      'source down, replica-1 well, replica-2 well',
      'source down, replica-1 writable, replica-2 well',
    ],
    ['SOURCE_CHANGED replica-1'],
  ],
  [
    'a replica is promoted after the source became read-only',
    [
      'source well, replica-1 well, replica-2 well',
      'source read-only, replica-1 well, replica-2 well',
      'source read-only, replica-1 writable, replica-2 well',
    ],
    ['SOURCE_CHANGED replica-1'],
  ],
  [
    'a second server becomes writable',
    ['source well, replica-1 well, replica-2 well', 'source well, replica-1 writable, replica-2 well'],
    ['SOURCE_CONFLICT_FOUND replica-1'],
  ],
  [
    'one of two writable servers becomes read-only',
    [
      'source well, replica-1 well, replica-2 well',
      'source well, replica-1 writable, replica-2 well',
      'source well, replica-1 well, replica-2 well',
    ],
    ['SOURCE_CONFLICT_SOLVED replica-1'],
  ],
  ['the backup goes', ['source well, backup well', 'source well, backup down'], ['NODE_DOWN backup']],
];

describe('what happens to a cluster', () => {
  it.each(rows)('when %s', (_, probes, expected) => {
    expect(eventsOf(probes).at(-1)).toEqual(expected);
  });

  it('is told with what it was and why', () => {
    const [before = [], after = []] = story(['source well, replica-1 well', 'source well, replica-1 down']);
    expect(eventsBetween(before, after)).toEqual([
      {
        name: 'NODE_DOWN',
        node: 'replica-1',
        facts: { role: 'REPLICA', trouble: 'lost the connection', before: 'HEALTHY' },
      },
      { name: 'READS_MOVED_TO_FALLBACK', node: null, facts: { from: ['replica-1'], to: ['source'] } },
    ]);
  });
});

describe('the list of events', () => {
  it.each(clusterEventNames)('says in sentences what %s is', (name) => {
    expect(clusterEventKinds[name].description).toMatch(/^[A-Z].{10,}\.$/);
  });
});
