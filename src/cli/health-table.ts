import type { ClusterHealth, NodeHealth } from '../cluster/cluster-health.ts';
import { problemInWords } from '../cluster/problem.ts';

const headings = ['NODE', 'ROLE', 'STATE', 'POSITION', 'LAG', 'BEHIND', 'APPLIER', 'TROUBLE'];

/**
 * A line for each node, one for the cluster, and one for each problem. A dash means unknown; a role in brackets is the configured one.
 */
export function healthTable(health: ClusterHealth, nodes: readonly NodeHealth[] = health.nodes): string[] {
  const rows = [headings, ...nodes.map(cellsOf)];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  const problems = health.problems.map((problem) => `${problem.code}: ${problemInWords(problem)}`);
  return [...lines.map((line) => line.trimEnd()), '', verdictLine(health), ...problems];
}

function cellsOf(node: NodeHealth): string[] {
  const { name, role, configuredRole, state, position, lagMs, lagTransactions, applier, trouble } = node;
  return [
    name,
    role ?? `(${configuredRole})`,
    state,
    position === null ? '-' : shortPosition(position),
    lagMs === null ? '-' : `${lagMs / 1000} s`,
    lagTransactions === null ? '-' : String(lagTransactions),
    applier ?? '-',
    trouble ?? '-',
  ];
}

function verdictLine({ verdict, reads, writes, source }: ClusterHealth): string {
  const answers = (does: boolean) => (does ? 'yes' : 'no');
  return `${verdict}  reads: ${answers(reads)}  writes: ${source === null ? answers(writes) : `yes, on ${source}`}`;
}

/** Server UUIDs are cut to eight characters; of several servers only the first is shown, with the number of the others. */
function shortPosition(position: string): string {
  const [first = '', ...others] = position.split(/,(?=[0-9a-f]{8}-)/i);
  const short = first.replace(/^([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i, '$1…');
  const shown = short.length > 40 ? `${short.slice(0, 20)}…${short.slice(-19)}` : short;
  if (position === '') return 'empty';
  return others.length === 0 ? shown : `${shown} +${others.length}`;
}
