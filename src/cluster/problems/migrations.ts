/** Migrations that a server lacks, and this version needs or its source has. */
import { commandLine } from '../../platform/command-line.ts';
import { notArrived } from '../applied-migrations.ts';
import { isSeen, writableSource } from '../cluster-snapshot.ts';
import type { NodeStatus } from '../node-status.ts';
import type { Problem } from '../problem.ts';
import type { ProblemRule } from './problem-rule.ts';
import { seenReplicas } from './seen-settings.ts';

export const migrationsRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot);
  if (source === undefined || !isSeen(source)) return [];
  return [...ofSource(source), ...seenReplicas(snapshot).flatMap((replica) => ofReplica(source, replica))];
};

/** The tables of a server without any record were created by other means, or are missing: what is missing is reported elsewhere. */
function ofSource({ node, report }: NodeStatus): readonly Problem[] {
  const { applied = [], missing = [] } = report?.migrations ?? {};
  const isNamed = (report?.unable ?? []).some(({ kind }) => kind === 'TABLE_MISSING');
  if (applied.length === 0 || missing.length === 0 || isNamed) return [];
  return [
    {
      code: 'NOT_MIGRATED',
      node: node.name,
      message: `${node.name} lacks migrations that this version needs: ${missing.join(', ')}`,
      variable: null,
      value: null,
      cure: commandLine('migrate'),
    },
  ];
}

function ofReplica(source: NodeStatus, { node, report }: NodeStatus): readonly Problem[] {
  const [has, theirs] = [source.report?.migrations, report?.migrations];
  if (has === undefined || theirs === undefined || report === null) return [];
  const lacking = notArrived(has, { ...theirs, lagMs: report.lagMs });
  if (lacking.length === 0) return [];
  return [
    {
      code: 'MIGRATION_MISSING',
      node: node.name,
      message: `${node.name} lacks migrations that ${source.node.name} has: ${lacking.join(', ')}`,
      variable: null,
      value: null,
      cure: `remove what keeps them from ${node.name} (replication filters, statements that were not logged), then: ${commandLine('cluster', `rejoin ${node.name} --discard`)}`,
    },
  ];
}
