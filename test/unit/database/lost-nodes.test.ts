import { describe, expect, it } from 'vitest';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import type { ServingFaultKind } from '../../../src/cluster/serving.ts';
import { LostNodes } from '../../../src/database/engine/lost-nodes.ts';
import { health } from '../../support/scripted-cluster.ts';
import { makeNode, makeReport } from '../../support/scripted-probe.ts';

const unable = (kind: ServingFaultKind) => ({
  report: makeReport('REPLICA', { unable: [{ kind, table: 'orders', code: null, cure: null }] }),
});
const status = (given: Partial<NodeStatus>): NodeStatus => ({
  ...unseen(makeNode('replica-1')),
  state: 'HEALTHY',
  report: makeReport('REPLICA'),
  ...given,
});
const well = {};
const down = { state: 'DOWN' } as const;
const silent = { ...down, failures: health.failureThreshold };

/** What is done about the connections to one server, as it is seen again and again. */
function done(...probes: (Partial<NodeStatus> | 'overdue')[]): readonly string[] {
  const told: string[] = [];
  const pool = { cut: () => told.push('cut'), refuseWaiting: () => told.push('refuse') };
  const cluster = { doubtServing: (name: string) => told.push(`doubt ${name}`) };
  const lost = new LostNodes((name) => (name === 'replica-1' ? pool : undefined), health, cluster);
  for (const given of probes) {
    if (given === 'overdue') lost.overdue('replica-1');
    else lost.leave([status(given)]);
  }
  return told;
}

describe('the connections to a server', () => {
  it.each<[what: string, probes: readonly Partial<NodeStatus>[], expected: readonly string[]]>([
    ['stay while it is well', [well, well], []],
    ['stay while it is late', [{ state: 'DEGRADED' }], []],
    ['are refused to waiting requests once it is down', [well, down, down], ['refuse']],
    ['are cut once it is silent', [well, silent, silent], ['cut']],
    ['are cut when it is down at first, and silent then', [down, silent], ['refuse', 'cut']],
    ['are cut each time that it is silent', [silent, well, silent], ['cut', 'cut']],
    ['are cut where reads hang in a table of a replica', [unable('TABLE_SILENT')], ['cut']],
    ['stay where a table of a replica is missing', [unable('TABLE_MISSING')], []],
    ['stay at the source, whose tables have no substitute', [{ ...unable('TABLE_SILENT'), role: 'SOURCE' }], []],
    ['stay at a backup', [{ ...unable('TABLE_SILENT'), role: 'BACKUP' }], []],
    ['stay if its tables were not checked, or it was not seen', [{ report: null, state: 'UNKNOWN' }], []],
  ])('%s', (_, probes, expected) => {
    expect(done(...probes)).toEqual(expected);
  });

  it.each<[when: string, probes: Parameters<typeof done>, expected: readonly string[]]>([
    ['while it is well', [well, 'overdue'], ['doubt replica-1']],
    ['before it was seen', ['overdue'], ['doubt replica-1']],
    ['after reads there are known to hang', [unable('TABLE_SILENT'), 'overdue'], ['cut', 'doubt replica-1', 'cut']],
    ['when it serves again', [unable('TABLE_SILENT'), well, 'overdue'], ['cut', 'doubt replica-1']],
    ['while it is down', [down, 'overdue'], ['refuse', 'doubt replica-1']],
  ])('of overdue work %s', (_, probes, expected) => {
    expect(done(...probes)).toEqual(expected);
  });

  it('do not matter where there are none', () => {
    const lost = new LostNodes(() => undefined, health, { doubtServing: () => undefined });
    expect(() => {
      lost.leave([status(down)]);
      lost.leave([status(silent)]);
    }).not.toThrow();
  });
});
