/**
 * A record of promotions that cannot be read: it is unknown which history the server is of, beyond what was read before. A server
 * without the table keeps no record; that is a problem only if another one keeps it.
 */
import { commandLine } from '../../platform/command-line.ts';
import type { NodeStatus } from '../node-status.ts';
import { type ServingFault, servingFaultInWords } from '../serving.ts';
import type { ProblemRule } from './problem-rule.ts';

export const epochsUnreadRule: ProblemRule = (snapshot) => {
  const seen = snapshot.filter(({ node, state }) => node.configuredRole !== 'BACKUP' && state !== 'DOWN');
  const isKept = seen.some(({ report }) => report != null && report.epochs !== null);
  return seen.flatMap((status) => {
    const fault = faultOf(status, isKept);
    if (fault === null) return [];
    const { name } = status.node;
    return [
      {
        code: 'EPOCHS_UNREAD',
        node: name,
        message: `${name} ${servingFaultInWords(fault)}: it is unknown which promotions it knows, so sessions are judged by what was read before`,
        variable: null,
        value: null,
        cure: fault.cure ?? epochTableCure(fault, status),
      } as const,
    ];
  });
};

const absent: ServingFault = { kind: 'TABLE_MISSING', table: 'cluster_epochs', code: null, cure: null };

function faultOf({ report }: NodeStatus, isKept: boolean): ServingFault | null {
  if (report === null) return null;
  const hangs = report.epochsUnread?.kind === 'TABLE_SILENT';
  // Reported with the tables that hang as well.
  if (hangs && (report.unable ?? []).some(({ kind }) => kind === 'TABLE_SILENT')) return null;
  return report.epochsUnread ?? (report.epochs === null && isKept ? absent : null);
}

/** What makes a server's record of promotions usable again, if its answer does not say so. */
export function epochTableCure({ kind, table }: ServingFault, { node, role }: NodeStatus): string {
  if (kind === 'TABLE_SILENT') return `end what holds a lock on ${table} (SHOW PROCESSLIST names it)`;
  if (role === 'REPLICA')
    return `repair ${table} on ${node.name}, or: ${commandLine('cluster', `rejoin ${node.name} --discard`)}`;
  return `restore ${table} with the rows that a replica has${kind === 'TABLE_MISSING' ? '' : ` (CHECK TABLE ${table})`}`;
}
