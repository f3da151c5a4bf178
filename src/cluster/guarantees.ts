/**
 * The guarantees of each server, and whether they hold there now. Pure. What cannot be determined is UNKNOWN, never YES, and what depends
 * on it is not relied upon.
 */
import { type ClusterSnapshot, isSeen, straySources, writableSource } from './cluster-snapshot.ts';
import { unrecordedEpoch } from './epoch-trouble.ts';
import type { NodeStatus } from './node-status.ts';
import { isOfEpoch, presentEpoch } from './present-epoch.ts';
import { problemCodes } from './problem.ts';
import { isOff, variableOf } from './problems/seen-settings.ts';
import { servingTrouble } from './serving.ts';

/** A closed list. */
export const guarantees = {
  READ_YOUR_WRITES:
    'A session that reads here sees what it has written and seen: the server reports its position, or has everything.',
  OWN_POSITIONS_KNOWN: 'Every write here has a number, which tells which servers have it.',
  ACKNOWLEDGED_BEFORE_SHOWN: 'A write becomes visible to others only after a replica has received it.',
  HISTORY_JUDGED: 'Promotions are on record here, so a write that did not survive one is reported as lost.',
} as const;
export type Guarantee = keyof typeof guarantees;

export const holdings = ['YES', 'NO', 'UNKNOWN'] as const;
export type Holds = (typeof holdings)[number];

export type NodeGuarantee = {
  readonly node: string;
  readonly guarantee: Guarantee;
  readonly holds: Holds;
  /** As a sentence. */
  readonly why: string;
};

type Verdict = readonly [holds: Holds, why: string];

/** For each server that orders are read from or written to; there are none for the backup. */
export function guaranteesOf(snapshot: ClusterSnapshot): readonly NodeGuarantee[] {
  const source = writableSource(snapshot);
  return snapshot
    .filter(({ role }) => role !== 'BACKUP')
    .flatMap((status) =>
      (Object.keys(guarantees) as Guarantee[]).map((guarantee) => {
        const [holds, why] = isSeen(status) ? verdicts[guarantee](status, source, snapshot) : away;
        return { node: status.node.name, guarantee, holds, why };
      }),
    );
}

const away: Verdict = ['UNKNOWN', 'It does not answer.'];
const noSource: Verdict = ['UNKNOWN', 'No server accepts writes.'];
const untold: Verdict = ['UNKNOWN', 'Its configuration was not queried, or the account may not see it.'];

type Judge = (status: NodeStatus, source: NodeStatus | undefined, snapshot: ClusterSnapshot) => Verdict;

const unread: Verdict = ['UNKNOWN', 'Its record of promotions cannot be read.'];
const unheard = 'It does not know of the last promotion yet, so its data may be of a history that has ended.';

const verdicts: Readonly<Record<Guarantee, Judge>> = {
  READ_YOUR_WRITES: (status, source, snapshot) => {
    if (source === undefined) return noSource;
    const trouble = servingTrouble(status.report?.unable);
    if (trouble !== null) return ['NO', `It ${trouble}.`];
    if (status === source) return ['YES', 'It is the source, and has everything.'];
    if (source.blind !== null) return ['NO', problemCodes[source.blind].description];
    if (status.blind !== null) return ['NO', problemCodes[status.blind].description];
    if (status.errant.length > 0) return ['NO', 'It holds transactions that its source has never had.'];
    if (straySources(snapshot).includes(status)) return ['NO', 'It accepts writes beside the source.'];
    if (!isOfEpoch(status, presentEpoch(snapshot)))
      return source.report?.epochsUnread !== undefined || status.report?.epochsUnread !== undefined
        ? unread
        : ['NO', unheard];
    if (status.report?.settings === undefined) return untold;
    return ['YES', 'Its position tells what it has.'];
  },
  OWN_POSITIONS_KNOWN: (status, source) => {
    if (status === source && status.blind !== null) return ['NO', problemCodes[status.blind].description];
    const { settings, terms } = status.report ?? {};
    if (settings === undefined || terms === undefined) return untold;
    const { log_bin: logs, gtid_mode: mode } = settings.variables;
    if (terms.numberedBy.some((name) => settings.variables[name] === undefined)) return untold;
    if (isOff(logs)) return ['NO', 'It has no binary log.'];
    if (mode === 'OFF' || mode === 'OFF_PERMISSIVE')
      return ['NO', `It does not number its transactions (gtid_mode=${mode}).`];
    return ['YES', 'Each of its transactions has a number.'];
  },
  ACKNOWLEDGED_BEFORE_SHOWN: (_, source) => {
    if (source?.report == null) return noSource;
    const { awaitsAcknowledgement, member } = source.report;
    if (member !== undefined) return ['YES', 'Its group agrees on a transaction before it becomes visible.'];
    if (awaitsAcknowledgement === undefined) return untold;
    if (!awaitsAcknowledgement) return ['NO', 'Commits of the source wait for no replica.'];
    const engine = variableOf(source, 'binlog_storage_engine') ?? '';
    if (engine !== '')
      return ['NO', `The source makes commits visible before it waits (binlog_storage_engine=${engine}).`];
    const point = waitPoints.map((name) => variableOf(source, name)).find((value) => value !== undefined);
    if (point === undefined) return untold;
    if (point !== 'AFTER_SYNC') return ['NO', `The source makes commits visible before it waits (${point}).`];
    const waits = statusOf(source, 'status');
    const clients = statusOf(source, 'clients');
    if (waits === undefined || clients === undefined) return untold;
    if (waits.value !== 'ON') return ['NO', `The source has given up waiting (${waits.name}=${waits.value}).`];
    if (!(Number(clients.value) > 0)) return ['NO', `No replica acknowledges (${clients.name}=${clients.value}).`];
    return [
      'YES',
      'Commits of the source wait for a replica, as long as one answers in time, and become visible afterwards.',
    ];
  },
  HISTORY_JUDGED: (status, source, snapshot) => {
    if (status.report?.epochsUnread !== undefined) return unread;
    if (status.report?.epochs == null) return ['NO', 'It keeps no record of promotions.'];
    if (source === undefined) return noSource;
    if (unrecordedEpoch(source) !== null) return ['NO', problemCodes.EPOCH_NOT_RECORDED.description];
    if (!isOfEpoch(status, presentEpoch(snapshot))) return ['NO', unheard];
    return ['YES', 'Promotions are on record, and each token names its epoch.'];
  },
};

const waitPoints = ['rpl_semi_sync_source_wait_point', 'rpl_semi_sync_master_wait_point'];

/** Whether commits wait now, and how many replicas acknowledge: servers stop waiting on their own. */
function statusOf(source: NodeStatus, what: 'status' | 'clients') {
  const names = [`Rpl_semi_sync_source_${what}`, `Rpl_semi_sync_master_${what}`];
  return names.map((name) => ({ name, value: variableOf(source, name) })).find(({ value }) => value !== undefined);
}
