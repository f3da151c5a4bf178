/** What all reports together say about each server. Pure. The rules are in roles.ts. */
import { type Channel, summaryOf } from './channel.ts';
import { sourceIdOf } from './heard-epoch.ts';
import type { NodeStatus, ProbeReport } from './node-status.ts';
import { decideRoles, type Presence, type Server, type Standing } from './roles.ts';
import { canCommit, writabilityAfter } from './writability.ts';

/** A server's role once `report` counts, and the part of the report that concerns this cluster. */
export function standingWith(
  snapshot: readonly NodeStatus[],
  status: NodeStatus,
  report: ProbeReport,
): Standing & { readonly report: ProbeReport } {
  // No role depends on since when.
  const writability = writabilityAfter(status, report, channelsOf(report), 0);
  const counted: NodeStatus = { ...status, report, state: 'HEALTHY', writability };
  const { name } = status.node;
  const servers = snapshot.map((other) => serverOf(other.node.name === name ? counted : other));
  const standing = standingIn(servers, name);
  return { ...standing, report: asCounted(report, standing) };
}

/** The same statuses if nothing has changed; `changed` names those with a new role. */
export function withRoles(snapshot: readonly NodeStatus[]): {
  readonly snapshot: readonly NodeStatus[];
  readonly changed: readonly string[];
} {
  const servers = snapshot.map(serverOf);
  const standings = decideRoles(servers);
  const changed: string[] = [];
  const judged = snapshot.map((status) => {
    const standing = standings.get(status.node.name);
    if (status.report === null || standing === undefined) return status;
    if (standing.role !== status.role) changed.push(status.node.name);
    return judgedAs(status, standing, snapshot);
  });
  return { snapshot: judged.some((status, index) => status !== snapshot[index]) ? judged : snapshot, changed };
}

function judgedAs(status: NodeStatus, standing: Standing, snapshot: readonly NodeStatus[]): NodeStatus {
  const { role, ring: writableRing } = standing;
  const writableReplica = same(status.writableReplica, standing.writableReplica);
  const writability = seenBeside(status, writableReplica !== null && !writableReplica.isDoubtful, snapshot);
  const isSame =
    role === status.role &&
    writableReplica === status.writableReplica &&
    writability === status.writability &&
    String(writableRing) === String(status.writableRing);
  return isSame ? status : { ...status, role, writableReplica, writability, writableRing };
}

/** The former one if they are equal. */
function same<T>(before: T, now: T): T {
  return JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

/** A writable replica whose source was found writable by a later probe as well. */
function seenBeside({ writability, node }: NodeStatus, isReplica: boolean, snapshot: readonly NodeStatus[]) {
  if (writability === null || writability.besideSource || !isReplica) return writability;
  const source = snapshot.find(
    ({ node: other, role, state, report, asOfMs }) =>
      other.name !== node.name &&
      role === 'SOURCE' &&
      state !== 'DOWN' &&
      report !== null &&
      asOfMs !== null &&
      asOfMs > writability.sinceMs,
  );
  return source === undefined ? writability : { ...writability, besideSource: true };
}

/** Channels from outside the cluster are left out of its replication state. */
function asCounted(report: ProbeReport, { role, channels }: Standing): ProbeReport {
  const position = role === 'SOURCE' ? (report.asSource ?? report.position) : report.position;
  const summary = report.channels === undefined || report.group !== undefined ? {} : summaryOf(channels);
  return { ...report, ...summary, position };
}

function standingIn(servers: readonly Server[], name: string): Standing {
  const standing = decideRoles(servers).get(name);
  if (standing === undefined) throw new Error(`No node is called ${name}`);
  return standing;
}

function serverOf(status: NodeStatus): Server {
  const { node, report, tookWrites, writability } = status;
  return {
    name: node.name,
    configuredRole: node.configuredRole,
    id: report?.id ?? null,
    addresses: [{ host: node.host, port: node.port }],
    channels: report === null ? [] : channelsOf(report),
    presence: presenceOf(status),
    commits: report !== null && canCommit(report),
    group: report?.group ?? null,
    epochId: report === null ? null : sourceIdOf(report.identity),
    epochs: report?.epochs ?? null,
    hasWrites: tookWrites,
    writability,
  };
}

/** From the report; if that only has the sum, one channel with a known source. */
export function channelsOf({ channels, applier, receiving, lagMs, replicationError }: ProbeReport): readonly Channel[] {
  if (channels !== undefined) return channels;
  if (applier === 'NONE') return [];
  const applying = applier === 'RUNNING';
  return [
    { name: '', sourceId: null, host: '', port: 0, receiving, applying, delayMs: 0, lagMs, error: replicationError },
  ];
}

/** Whether it may still get transactions of another server; unknown is yes. */
export function mayReceive(status: NodeStatus | undefined): boolean {
  const report = status?.report ?? null;
  return report === null || report.member !== undefined || report.group !== undefined || channelsOf(report).length > 0;
}

function presenceOf({ state, failures }: NodeStatus): Presence {
  if (state === 'HEALTHY' || state === 'DEGRADED') return 'THERE';
  return state === 'DOWN' && failures === 0 ? 'BLINKED' : 'AWAY';
}
