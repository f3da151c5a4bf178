import { expect, it } from 'vitest';
import { writableSource } from '../../../src/cluster/cluster-snapshot.ts';
import { type NodeStatus, type ProbeReport, unseen } from '../../../src/cluster/node-status.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { mariadbTerms } from '../../../src/servers/mariadb/terms.ts';

const position = MariadbGtidPosition.parse('0-1-1');

function server(
  name: string,
  epoch: number | null,
  given: Partial<ProbeReport & Pick<NodeStatus, 'state'>> = {},
): NodeStatus {
  const configuredRole = name === 'source' ? 'SOURCE' : 'REPLICA';
  const { state = 'HEALTHY', ...facts } = given;
  const report: ProbeReport = {
    identity: name,
    version: '11',
    terms: mariadbTerms,
    readOnly: false,
    applier: 'NONE',
    receiving: false,
    replicationError: null,
    lagMs: null,
    position,
    epochs:
      epoch === null
        ? null
        : Array.from({ length: epoch }, (_, index) => ({ epoch: index + 1, sourceId: '', endOfPrevious: null })),
    ...facts,
  };
  const node = { name, configuredRole, host: 'h', port: 1, priority: 1, weight: 1 } as const;
  return { ...unseen(node), state, role: report.readOnly ? 'REPLICA' : 'SOURCE', report, position: report.position };
}

it.each<[string, NodeStatus[], string | undefined]>([
  ['the configured one of several equals', [server('replica-1', 1), server('source', 1)], 'source'],
  [
    'the promoted one, although a deposed source takes writes too',
    [server('source', 1), server('replica-1', 2)],
    'replica-1',
  ],
  ['none, when the promoted one is down', [server('source', 1), server('replica-1', 2, { state: 'DOWN' })], undefined],
  [
    'none, when a replica reports a newer epoch',
    [server('source', 1), server('replica-1', 2, { readOnly: true })],
    undefined,
  ],
  ['the only one, if no server keeps a record', [server('source', null)], 'source'],
  [
    'one without a record beside one of the first epoch',
    [server('source', null), server('replica-1', 1, { readOnly: true })],
    'source',
  ],
])('writes go to %s', (_, snapshot, expected) => {
  expect(writableSource(snapshot)?.node.name).toBe(expected);
});
