/** Where a server stands in its log, as it answers one question, and the parts of that question. */
import { type Row, textOf } from '../rows.ts';
import { parseLsn } from './lsn.ts';
import type { TimelineEnd } from './wal-position.ts';

export type StandbyState = {
  readonly standby: true;
  /** Everything before is applied and visible. */
  readonly replayed: bigint;
  /** Where the last record that it has received whole or in part ends; `null` if nothing was received since its start. */
  readonly received: bigint | null;
  /** The timeline that it receives; `null` while nothing is received, and for an account that may not see it. */
  readonly receives: number | null;
  /** A place that it has surely passed, on a timeline that it has surely reached: after a promotion, long out of date. */
  readonly floor: TimelineEnd;
  /** The replaying process waits between two records: there is none that is applied in part. */
  readonly rests: boolean;
};

export type PrimaryState = {
  readonly standby: false;
  readonly timeline: number;
  /** What reads may have seen ends here; with `synchronous_commit = off` before it is written. */
  readonly shown: bigint;
  /** How far standbys have acknowledged, while a commit waits for them; `null` when none waits, or if that cannot be told. */
  readonly acknowledged: bigint | null;
};

export type WalState = StandbyState | PrimaryState;

/**
 * A server that once takes writes is no standby before it is started again, so that each function is called where it may be.
 * `pg_last_wal_replay_lsn` moves after a record has been applied, and the end of a primary's log before a commit is visible.
 */
export const placeColumns = `pg_is_in_recovery() AS standby,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
    WHEN current_setting('synchronous_commit') = 'off' THEN pg_current_wal_insert_lsn()
    ELSE pg_current_wal_flush_lsn() END::text AS place,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() END::text AS received,
  CASE WHEN pg_is_in_recovery() THEN (SELECT received_tli::text FROM pg_stat_wal_receiver)
    ELSE substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END AS timeline`;

/** While a standby is between two records, nothing is visible that it does not count. */
const restsColumn = `CASE WHEN pg_is_in_recovery() THEN (SELECT wait_event IN ('RecoveryWalStream', 'RecoveryRetrieveRetryInterval',
    'RecoveryApplyDelay', 'RecoveryPause') FROM pg_stat_activity WHERE backend_type = 'startup') END AS rests`;

/** The names in `synchronous_standby_names`; `*` for any. */
const acknowledgedColumns = `CASE WHEN NOT pg_is_in_recovery() AND current_setting('synchronous_standby_names') <> ''
    AND EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')
    THEN (SELECT max(flush_lsn)::text FROM pg_stat_replication WHERE sync_priority > 0 HAVING count(flush_lsn) = count(*))
    END AS acknowledged,
  (SELECT count(DISTINCT application_name) FROM pg_stat_replication WHERE sync_priority > 0)::int AS synchronous,
  current_setting('synchronous_standby_names') AS names`;

export const stateQuestion = `SELECT ${placeColumns}, ${restsColumn}, ${acknowledgedColumns},
  (SELECT min_recovery_end_timeline::text FROM pg_control_recovery()) AS floor_timeline,
  (SELECT min_recovery_end_lsn::text FROM pg_control_recovery()) AS floor_lsn`;

export function walStateOf(row: Row): WalState {
  const place = lsnOf(row, 'place');
  if (place === null) throw new Error('does not say how far it has applied its log');
  const timeline = textOf(row, 'timeline');
  if (isTrue(row, 'standby')) {
    return {
      standby: true,
      replayed: place,
      received: lsnOf(row, 'received'),
      receives: timeline === '' || timeline === '0' ? null : Number(timeline),
      floor: { timeline: Number(textOf(row, 'floor_timeline')), lsn: lsnOf(row, 'floor_lsn') ?? 0n },
      rests: isTrue(row, 'rests'),
    };
  }
  const isWhole = namesOf(textOf(row, 'names')) === Number(textOf(row, 'synchronous'));
  return {
    standby: false,
    timeline: Number.parseInt(timeline, 16),
    shown: place,
    acknowledged: isWhole ? lsnOf(row, 'acknowledged') : null,
  };
}

/** How many standbys are named; 0 if any will do, so that it cannot be told whether all of them are there. */
export function namesOf(setting: string): number {
  const list = /^\s*(?:(?:FIRST|ANY)\s+)?\d+\s*\((.*)\)\s*$/i.exec(setting)?.[1] ?? setting;
  const names: readonly string[] = list.match(/"(?:[^"]|"")*"|[^\s,]+/g) ?? [];
  return names.includes('*') || names.includes('"*"') ? 0 : new Set(names).size;
}

export const isTrue = (row: Row, column: string): boolean => ['true', 't', '1'].includes(textOf(row, column));

export function lsnOf(row: Row, column: string): bigint | null {
  return parseLsn(textOf(row, column));
}
