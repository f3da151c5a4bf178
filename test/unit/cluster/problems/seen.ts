import { afterGoodProbe } from '../../../../src/cluster/health.ts';
import { type NodeStatus, type ProbeReport, unseen } from '../../../../src/cluster/node-status.ts';
import type { ReplicationChannel, ServerSettings } from '../../../../src/cluster/server-settings.ts';
import { parsePosition } from '../../../support/positions.ts';
import { makeNode, makeReport } from '../../../support/scripted-probe.ts';

const policy = { failureThreshold: 1, recoveryThreshold: 1, maxLagMs: 5000, minServingReplicas: 0 };
const logsAll = { log_bin: '1', sql_log_bin: '1', binlog_do_db: '', binlog_ignore_db: '', server_id: '1' };

export const mysqlPosition = parsePosition('mysql', '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-7');

type Given = Partial<Omit<ServerSettings, 'schema'>> & { readonly report?: Partial<ProbeReport> };

function seen(name: string, { variables = {}, channels = [], report = {} }: Given, id: string): NodeStatus {
  const settings = { schema: 'orders', variables: { ...logsAll, server_id: id, ...variables }, channels };
  const role = name === 'source' ? 'SOURCE' : 'REPLICA';
  return afterGoodProbe(unseen(makeNode(name)), makeReport(role, { settings, identity: name, ...report }), 0, policy);
}

/** A source that answers, set up well but for what is given. */
export const source = (given: Given = {}): NodeStatus => seen('source', given, '1');

/** A replica of it, likewise; with one channel when none is given. */
export const replica = (given: Given = {}, name = 'replica-1', id = '2'): NodeStatus =>
  seen(name, { channels: [channel()], ...given }, id);

export function channel(given: Partial<ReplicationChannel> = {}): ReplicationChannel {
  const follows = { byNumber: true, variable: 'Using_Gtid', value: 'Slave_Pos' };
  return { name: '', sourceId: '1', follows, filters: {}, ...given };
}
