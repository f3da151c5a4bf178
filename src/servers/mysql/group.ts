/**
 * What a member of a MySQL replication group reports about its place there, in the terms of ordinary replication.
 *
 * The group elects its source and makes it writable; the others apply through a channel that SHOW REPLICA STATUS leaves
 * out. The channel through which a member once caught up remains afterwards, on a source too: neither counts as
 * replicating from another server. A member sees that the majority is unreachable some seconds before it gives up: its writes
 * already hang by then, so from that moment on it is not a source.
 */
import type { MemberState } from '../../cluster/node-status.ts';
import type { ReplicationState } from '../mysql-family/server-statements.ts';
import { type Row, textOf } from '../rows.ts';

const schema = 'performance_schema';
const applier = "CHANNEL_NAME = 'group_replication_applier'";

/** No row on a server that was never made part of a group; empty `state` on one that has not joined. */
export const membership = `SELECT VARIABLE_VALUE AS groupName, own.MEMBER_STATE AS state, own.MEMBER_ROLE AS role, (SELECT COUNT(*) FROM ${schema}.replication_group_members) AS members, (SELECT COUNT(*) FROM ${schema}.replication_group_members WHERE MEMBER_STATE IN ('ONLINE', 'RECOVERING')) AS reachable, (SELECT SERVICE_STATE FROM ${schema}.replication_applier_status WHERE ${applier}) AS applying, (SELECT COUNT_TRANSACTIONS_REMOTE_IN_APPLIER_QUEUE FROM ${schema}.replication_group_member_stats WHERE MEMBER_ID = @@server_uuid) AS queued, (SELECT GREATEST(0, TIMESTAMPDIFF(SECOND, MIN(APPLYING_TRANSACTION_ORIGINAL_COMMIT_TIMESTAMP), NOW(6))) FROM ${schema}.replication_applier_status_by_worker WHERE ${applier} AND APPLYING_TRANSACTION <> '') AS lagSeconds FROM ${schema}.global_variables LEFT JOIN ${schema}.replication_group_members own ON own.MEMBER_ID = @@server_uuid WHERE VARIABLE_NAME = 'group_replication_group_name' AND VARIABLE_VALUE <> ''`;

export const isOrdinary = (row: Row): boolean => !textOf(row, 'Channel_Name').startsWith('group_replication_');

/** `outside` is what the server replicates from servers outside its group. */
export function groupState(outside: ReplicationState, row: Row | undefined): ReplicationState {
  if (row === undefined) return outside;
  const member = memberState(row);
  const group = textOf(row, 'groupName');
  if (textOf(row, 'role') === 'PRIMARY') return { ...outside, member, group };
  const queued = Number(textOf(row, 'queued'));
  const lagSeconds = textOf(row, 'lagSeconds');
  return {
    member,
    group,
    channels: outside.channels ?? [],
    applier: textOf(row, 'applying') === 'ON' ? 'RUNNING' : 'STOPPED',
    receiving: member === 'ONLINE' || member === 'RECOVERING',
    replicationError: null,
    lagMs: lagSeconds !== '' ? Number(lagSeconds) * 1000 : queued === 0 ? 0 : null,
  };
}

function memberState(row: Row): MemberState {
  const state = textOf(row, 'state');
  switch (state) {
    case 'ONLINE':
    case 'RECOVERING':
      return Number(textOf(row, 'reachable')) * 2 > Number(textOf(row, 'members')) ? state : 'NO_MAJORITY';
    case 'ERROR':
      return 'ERROR';
    case 'UNREACHABLE':
      return 'NO_MAJORITY';
    default:
      return 'OFFLINE';
  }
}
