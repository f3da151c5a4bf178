/**
 * A MariaDB number stands for all smaller ones of its domain, which only holds while they are written in order. Without
 * `gtid_strict_mode` nothing ensures that: two servers that write in one domain, or a session that sets a number, break it.
 * The state of the log shows it: the last number of the domain is then smaller than one already in the log. The next transaction that
 * the source writes itself gets a larger number than all, and ends it.
 * `gtid_strict_mode` off alone, which is MariaDB's default, is not a problem.
 */
import { writableSource } from '../cluster-snapshot.ts';
import type { ProblemRule } from './problem-rule.ts';
import { variableOf } from './seen-settings.ts';

export const outOfSequenceRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot);
  if (source === undefined || source.report === null) return [];
  const { position, logged = {} } = source.report;
  const ahead = Object.values(logged).filter((server) => !position.includes(server));
  if (ahead.length === 0) return [];
  const { name } = source.node;
  return [
    {
      code: 'GTIDS_OUT_OF_SEQUENCE',
      node: name,
      message: `${name} has written transactions out of sequence: ${position.format()} came after ${ahead.map((server) => server.format()).join(', ')}, so a position does not tell what came before it`,
      variable: 'gtid_strict_mode',
      value: variableOf(source, 'gtid_strict_mode') ?? null,
      cure: 'SET GLOBAL gtid_strict_mode = ON on every server, and in its configuration; servers that write concurrently need a gtid_domain_id each',
    },
  ];
};
