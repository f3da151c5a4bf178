/** Limits of servers that what is asked of them comes near to, or contradicts. */
import type { NodeStatus } from '../node-status.ts';
import type { Problem } from '../problem.ts';
import type { ProblemRule } from './problem-rule.ts';
import { variableOf } from './seen-settings.ts';

/** A commit is waited for this much longer than a statement: as long as servers wait for an acknowledgement unless told otherwise. */
export const commitWaitMs = 10_000;
const nearShare = 0.8;

export const limitsRule: ProblemRule = (snapshot) =>
  snapshot.flatMap((status) => [...commitWait(status), ...preparedStatements(status)]);

function commitWait(status: NodeStatus): readonly Problem[] {
  const { node, report, role } = status;
  if (role !== 'SOURCE' || report?.awaitsAcknowledgement !== true) return [];
  const variable = ['rpl_semi_sync_source_timeout', 'rpl_semi_sync_master_timeout'].find(
    (name) => variableOf(status, name) !== undefined,
  );
  const value = variable === undefined ? undefined : variableOf(status, variable);
  if (variable === undefined || value === undefined || Number(value) <= commitWaitMs) return [];
  return [
    {
      code: 'DEADLINES_CONTRADICT',
      node: node.name,
      message: `${node.name} lets a commit wait for an acknowledgement longer than anybody here waits for a commit: one that succeeds late is told as unknown`,
      variable,
      value,
      cure: `SET GLOBAL ${variable} = ${commitWaitMs}, or less`,
    },
  ];
}

function preparedStatements(status: NodeStatus): readonly Problem[] {
  const most = Number(variableOf(status, 'max_prepared_stmt_count') ?? Number.NaN);
  const now = Number(variableOf(status, 'Prepared_stmt_count') ?? Number.NaN);
  if (!(now >= most * nearShare)) return [];
  return [
    {
      code: 'PREPARED_STATEMENTS_NEAR_LIMIT',
      node: status.node.name,
      message: `${status.node.name} holds ${now} prepared statements of all its clients, and takes no more than ${most}`,
      variable: 'max_prepared_stmt_count',
      value: String(most),
      cure: `SET GLOBAL max_prepared_stmt_count = ${most * 2}`,
    },
  ];
}
