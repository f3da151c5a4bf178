/**
 * A number of MariaDB stands for all smaller ones of its domain, which holds only while they are written in order. Without
 * `gtid_strict_mode` nothing keeps them so: two servers that write in one domain, or a session that sets a number, end it.
 * The log's own state shows it: then the last number of the domain is smaller than one that stands in the log already. The
 * next transaction that the source writes itself gets a larger number than all, and ends it.
 * `gtid_strict_mode` off alone, which is how MariaDB starts, is no problem.
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
      cure: 'SET GLOBAL gtid_strict_mode = ON on every server, and in its configuration; servers that write at once need a gtid_domain_id each',
    },
  ];
};
