/** Limits of servers that are nearly reached, or contradict the configuration. */
import {
  acknowledgementWait,
  defaultMaxCommitMs,
  maxAcknowledgementMs,
  requestTimeoutFor,
} from '../commit-patience.ts';
import type { NodeStatus } from '../node-status.ts';
import type { Problem } from '../problem.ts';
import type { ProblemRule } from './problem-rule.ts';
import { variableOf } from './seen-settings.ts';

const nearShare = 0.8;

export const limitsRule: ProblemRule = (snapshot) =>
  snapshot.flatMap((status) => [...commitWait(status), ...preparedStatements(status)]);

function commitWait(status: NodeStatus): readonly Problem[] {
  const { node, report, role } = status;
  const wait = role === 'SOURCE' ? acknowledgementWait(status) : null;
  const maxMs = maxAcknowledgementMs(report?.settings?.maxCommitMs ?? defaultMaxCommitMs);
  if (wait === null || !(wait.ms > maxMs)) return [];
  const { variable, value } = wait;
  return [
    {
      code: 'DEADLINES_CONTRADICT',
      node: node.name,
      message: `${node.name} lets a commit wait for an acknowledgement longer than the API waits for a commit: one that succeeds later is not reported`,
      variable,
      value,
      cure: `SET GLOBAL ${variable} = ${maxMs}, or less; or set REQUEST_TIMEOUT_MS to ${requestTimeoutFor(wait.ms)} or more`,
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
      message: `${status.node.name} holds ${now} prepared statements of all its clients; its limit is ${most}`,
      variable: 'max_prepared_stmt_count',
      value: String(most),
      cure: `SET GLOBAL max_prepared_stmt_count = ${most * 2}`,
    },
  ];
}
