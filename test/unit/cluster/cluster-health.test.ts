import { describe, expect, it } from 'vitest';
import { clusterHealth } from '../../../src/cluster/cluster-health.ts';
import { afterFailedProbe, afterGoodProbe, afterSilence } from '../../../src/cluster/health.ts';
import type { NodeRole } from '../../../src/cluster/node.ts';
import { type NodeStatus, type ProbeReport, unseen } from '../../../src/cluster/node-status.ts';
import { parsePosition } from '../../support/positions.ts';
import { at, makeNode, makeReport } from '../../support/scripted-probe.ts';

const policy = { failureThreshold: 1, recoveryThreshold: 2, maxLagMs: 5000, minServingReplicas: 0 };

function seen(name: string, given: Partial<ProbeReport> = {}, configuredRole?: NodeRole): NodeStatus {
  const node = makeNode(name, configuredRole && { configuredRole });
  const replica = node.configuredRole === 'REPLICA';
  return afterGoodProbe(unseen(node), makeReport(replica ? 'REPLICA' : 'SOURCE', given), 1000, policy);
}
const down = (status: NodeStatus) => afterFailedProbe(status, 'refused the connection', policy);
const late = { lagMs: 9000 };

const source = seen('source');
const replica = seen('replica-1');
const backup = seen('backup', {}, 'BACKUP');

describe('the verdict on a cluster', () => {
  const rows: [what: string, statuses: NodeStatus[], verdict: string, reads: boolean, writes: boolean][] = [
    ['all is well', [source, replica, backup], 'HEALTHY', true, true],
    ['one server is enough', [source], 'HEALTHY', true, true],
    ['a replica is down', [source, down(replica)], 'DEGRADED', true, true],
    ['a replica is late', [source, seen('replica-1', late)], 'DEGRADED', true, true],
    ['a replica was not seen yet', [source, { ...unseen(makeNode('replica-1')), failures: 1 }], 'DEGRADED', true, true],
    [
      'the source numbers nothing',
      [seen('source', { settings: { schema: 'orders', variables: { gtid_mode: 'OFF' }, channels: [] } }), replica],
      'DEGRADED',
      true,
      true,
    ],
    ['the backup is down', [source, replica, down(backup)], 'DEGRADED', true, true],
    ['the source is down', [down(source), replica], 'DOWN', true, false],
    ['the source takes no writes', [seen('source', { readOnly: true }), replica], 'DOWN', true, false],
    [
      'a replica was promoted',
      [down(source), seen('replica-1', { readOnly: false, applier: 'NONE' })],
      'DEGRADED',
      true,
      true,
    ],
    ['only the backup is left', [down(source), down(replica), backup], 'DOWN', false, false],
    ['nothing was seen yet', [unseen(makeNode('source'))], 'DOWN', false, false],
    ['there are no servers', [], 'DOWN', false, false],
  ];
  it.each(rows)('%s', (_, statuses, verdict, reads, writes) => {
    expect(clusterHealth(statuses, 1000)).toMatchObject({ verdict, reads, writes });
  });

  it('names the server that takes the writes', () => {
    expect(clusterHealth([source, replica], 1000).source).toBe('source');
    expect(clusterHealth([down(source), replica], 1000).source).toBeNull();
  });
});

describe('what is shown of a node', () => {
  const shown = (statuses: NodeStatus[], name: string) =>
    clusterHealth(statuses, 3000).nodes.find((node) => node.name === name);

  it('has its position, and its lag behind the source', () => {
    const statuses = [seen('source', { position: at(107) }), seen('replica-1', { position: at(100), lagMs: 2000 })];
    expect(shown(statuses, 'replica-1')).toMatchObject({
      position: '0-1-100',
      lagMs: 2000,
      lagTransactions: 7,
      applier: 'RUNNING',
      ageMs: 2000,
    });
    expect(shown(statuses, 'source')).toMatchObject({ lagMs: null, lagTransactions: null, applier: null });
  });

  it('is on one line also where the server uses several', () => {
    const text = '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5,\n4e11fa47-71ca-11e1-9e33-c80aa9429562:1-3';
    const position = parsePosition('mysql', text);
    expect(shown([seen('source', { position })], 'source')?.position).toBe(text.replace('\n', ''));
  });

  it('leaves out how far behind it is when the source is not there to compare with', () => {
    expect(shown([down(source), replica], 'replica-1')?.lagTransactions).toBeNull();
  });

  it.each([
    ['does not answer', down(replica)],
    ['is silent', afterSilence(replica, 'does not answer')],
    ['is coming back but not trusted yet', afterGoodProbe(down(replica), makeReport('REPLICA'), 1000, policy)],
    ['was not seen yet', unseen(makeNode('replica-1'))],
  ])('is nothing that it said before when it %s', (_, status) => {
    expect(shown([source, status], 'replica-1')).toMatchObject({
      role: null,
      configuredRole: 'REPLICA',
      position: null,
      lagMs: null,
      lagTransactions: null,
      applier: null,
      trouble: expect.any(String),
    });
  });
});
