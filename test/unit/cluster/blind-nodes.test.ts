import { describe, expect, it } from 'vitest';
import { foundUntold, judgeBlind } from '../../../src/cluster/blind-nodes.ts';
import { afterFailedProbe, afterGoodProbe } from '../../../src/cluster/health.ts';
import type { NodeStatus } from '../../../src/cluster/node-status.ts';
import { parsePosition } from '../../support/positions.ts';
import { makeReport } from '../../support/scripted-probe.ts';
import { channel, mysqlPosition, replica, source } from './problems/seen.ts';

const policy = { failureThreshold: 1, recoveryThreshold: 1, maxLagMs: 5000, minServingReplicas: 0 };
const mode = (gtid_mode: string) => source({ report: { position: mysqlPosition }, variables: { gtid_mode } });
const probed = (before: NodeStatus, { report }: NodeStatus): NodeStatus =>
  afterGoodProbe(before, report ?? makeReport('SOURCE'), 1, policy);
const one = (status: NodeStatus): NodeStatus => judgeBlind([status])[0] ?? status;

describe('blindness', () => {
  it('is that of the server which has the problem', () => {
    const filters = { Replicate_Ignore_DB: 'orders' };
    const judged = judgeBlind([source(), replica({ channels: [channel({ filters })] }), replica({}, 'replica-2', '3')]);
    expect(judged.map(({ blind }) => blind)).toEqual([null, 'REPLICATION_FILTERED', null]);
  });

  it('applies to no node if all are healthy, and the snapshot stays the same', () => {
    const snapshot = [source(), replica()];
    expect(judgeBlind(snapshot)).toBe(snapshot);
    const blind = judgeBlind([mode('OFF'), replica()]);
    expect(judgeBlind(blind)).toBe(blind);
  });

  it('moves with the last position of a source that numbers nothing', () => {
    const position = parsePosition('mysql', '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-8');
    const off = one(mode('OFF'));
    const later = source({ report: { position }, variables: { gtid_mode: 'OFF' } });
    expect(one(probed(off, later)).unnumberedUntil).toEqual(position);
    const status = probed(off, mode('OFF'));
    expect(one(status)).toBe(status);
  });

  it('is not what harms no position', () => {
    expect(one(mode('ON_PERMISSIVE')).blind).toBeNull();
  });

  it('stays with a server that is lost', () => {
    const lost = afterFailedProbe(one(mode('OFF')), 'lost the connection', policy);
    expect(one(lost).blind).toBe('GTID_MODE_OFF');
  });

  it('of a source ends with the first numbered transaction, not with the mode', () => {
    const off = one(mode('OFF_PERMISSIVE'));
    const on = one(probed(off, mode('ON')));
    expect([off.blind, on.blind]).toEqual(['GTID_MODE_OFF', 'GTIDS_JUST_BEGUN']);
    expect(one(probed(on, mode('ON'))).blind).toBe('GTIDS_JUST_BEGUN');
    const position = parsePosition('mysql', '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-8');
    const written = source({ report: { position }, variables: { gtid_mode: 'ON' } });
    expect(one(probed(on, written))).toMatchObject({ blind: null, unnumberedUntil: null });
  });
});

describe('a commit that no position tells of', () => {
  it('blinds the source at once, and a probe that saw nothing does not undo it', () => {
    const found = foundUntold(one(mode('ON')), 'UNNUMBERED');
    expect(found.blind).toBe('GTID_MODE_OFF');
    expect(one(probed(found, mode('ON'))).blind).toBe('GTIDS_JUST_BEGUN');
  });

  it('is noted once, and what was known before it stays', () => {
    const begun = foundUntold(one(mode('ON')), 'UNNUMBERED');
    expect(begun.unnumberedUntil).toEqual(mysqlPosition);
    expect(foundUntold(begun, 'UNNUMBERED')).toBe(begun);
    const filtered: NodeStatus = { ...source(), blind: 'BINARY_LOG_FILTERED' };
    expect(foundUntold(filtered, 'UNNUMBERED')).toMatchObject({
      blind: 'BINARY_LOG_FILTERED',
      unnumberedUntil: filtered.report?.position,
    });
    expect(foundUntold(filtered, 'UNLOGGED')).toMatchObject({ blind: 'BINARY_LOG_FILTERED', unlogged: true });
  });

  it('that is in no log is never forgotten: no replica will receive it', () => {
    const found = foundUntold(one(source()), 'UNLOGGED');
    expect(found.blind).toBe('SESSIONS_NOT_LOGGED');
    expect(one(probed(found, source())).blind).toBe('SESSIONS_NOT_LOGGED');
    expect(foundUntold(found, 'UNLOGGED')).toBe(found);
  });
});
