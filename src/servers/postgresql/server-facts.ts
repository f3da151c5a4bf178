/** What a server says of itself in one row, besides where it stands in its log. */
import type { ApplierState, Channel } from '../../cluster/channel.ts';
import type { ReceiverState } from '../../cluster/failover/member.ts';
import { columnsOf, type Row, textOf } from '../rows.ts';
import { isStopped, parseConninfo } from './conninfo.ts';
import { isTrue, type WalState } from './wal-state.ts';

/** Settings on which guarantees depend. */
const settings = [
  'synchronous_commit',
  'synchronous_standby_names',
  'fsync',
  'full_page_writes',
  'wal_level',
  'recovery_min_apply_delay',
  'max_standby_streaming_delay',
  'hot_standby_feedback',
] as const;

/** Servers of a cluster share the identifier of their data; each has a name or an address of its own. */
const identity = `(SELECT system_identifier::text FROM pg_control_system()) || '@' || COALESCE(NULLIF(current_setting('cluster_name'), ''),
  host(inet_server_addr()), 'local') || ':' || current_setting('port') AS identity`;

/** `pg_settings` leaves out what the account may not see. */
const conninfo = "(SELECT setting FROM pg_settings WHERE name = 'primary_conninfo') AS conninfo";

export const factColumns = `${identity}, split_part(current_setting('server_version'), ' ', 1) AS version, ${conninfo},
  current_setting('default_transaction_read_only') AS read_only,
  pg_has_role(current_user, 'pg_monitor', 'USAGE') AS monitors,
  CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() END AS pause,
  (SELECT status FROM pg_stat_wal_receiver) AS receiver,
  (SELECT sender_host FROM pg_stat_wal_receiver) AS sender_host,
  (SELECT sender_port FROM pg_stat_wal_receiver) AS sender_port,
  (SELECT setting::bigint FROM pg_settings WHERE name = 'recovery_min_apply_delay')::text AS delay_ms,
  CASE WHEN pg_is_in_recovery() THEN
    floor(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint::text END AS behind_ms,
  ${settings.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}`;

export const variablesOf = (row: Row): Readonly<Record<string, string>> => columnsOf(row, settings);

export function refusedByOf(row: Row): readonly string[] {
  const variables = textOf(row, 'read_only') === 'on' ? ['default_transaction_read_only'] : [];
  return isTrue(row, 'standby') ? ['in recovery', ...variables] : variables;
}

/** Its commits wait until a standby has received them. */
export const awaitsAcknowledgement = (row: Row): boolean =>
  !isTrue(row, 'standby') &&
  textOf(row, 'synchronous_standby_names') !== '' &&
  !['off', 'local'].includes(textOf(row, 'synchronous_commit'));

export type Replication = {
  readonly applier: ApplierState;
  readonly receiver: ReceiverState;
  readonly lagMs: number | null;
  readonly delayMs: number;
  readonly follows: { readonly host: string; readonly port: number } | null;
};

/**
 * `exactAgoMs`: how long ago it was last seen to have applied all that it had received; `null` if never.
 *
 * A standby whose settings may not be seen is taken for one that tries to receive: its position shows how far it has come.
 */
export function replicationOf(row: Row, state: WalState, exactAgoMs: number | null = null): Replication {
  if (!state.standby) return { applier: 'NONE', receiver: 'NONE', lagMs: null, delayMs: 0, follows: null };
  const words = parseConninfo(textOf(row, 'conninfo'));
  const host = textOf(row, 'sender_host') || words?.get('host') || words?.get('hostaddr') || '';
  const port = Number(textOf(row, 'sender_port') || words?.get('port') || 5432);
  const isTold = row.conninfo !== null && row.conninfo !== undefined;
  const isLeft = isTold && (words === null || words.size === 0 || isStopped(words));
  const isConnected = textOf(row, 'receiver') === 'streaming';
  const receiver = isLeft ? 'STOPPED' : isConnected ? 'CONNECTED' : 'CONNECTING';
  const isBehind = state.received !== null && state.received > state.replayed;
  return {
    applier: textOf(row, 'pause') === 'not paused' ? 'RUNNING' : 'STOPPED',
    receiver,
    // While nothing is written, the last transaction grows old: it is late for no longer than since it had applied all.
    lagMs: isConnected ? lateFor(isBehind, textOf(row, 'behind_ms'), exactAgoMs) : null,
    delayMs: Number(textOf(row, 'delay_ms') || 0),
    follows: host === '' ? null : { host, port },
  };
}

export function channelsOf({ applier, receiver, lagMs, delayMs, follows }: Replication): readonly Channel[] {
  if (applier === 'NONE') return [];
  const { host, port } = follows ?? { host: '', port: 0 };
  const receiving = receiver !== 'STOPPED';
  return [
    { name: '', sourceId: null, host, port, receiving, applying: applier === 'RUNNING', delayMs, lagMs, error: null },
  ];
}

/** Before it was first seen to have applied all, nothing says since when it is behind. */
function lateFor(isBehind: boolean, lastTransactionMs: string, exactAgoMs: number | null): number | null {
  if (!isBehind) return 0;
  if (exactAgoMs === null) return null;
  return Math.max(0, lastTransactionMs === '' ? exactAgoMs : Math.min(exactAgoMs, Number(lastTransactionMs)));
}
