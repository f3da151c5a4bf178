/**
 * MySQL numbers transactions only with `gtid_mode` ON or ON_PERMISSIVE. With OFF, which it starts with unless told, and
 * OFF_PERMISSIVE, `gtid_executed` stands still: whatever is compared with it counts as there.
 */
import { writableSource } from '../cluster-snapshot.ts';
import type { Problem } from '../problem.ts';
import type { ProblemRule } from './problem-rule.ts';

/** Each one step; every server takes one before any takes the next. */
const steps: readonly string[] = ['OFF', 'OFF_PERMISSIVE', 'ON_PERMISSIVE', 'ON'];

export const gtidModeRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot);
  const mode = source?.report?.settings?.variables.gtid_mode;
  if (source === undefined || mode === undefined || mode === 'ON') return [];
  const { name } = source.node;
  const numbers = mode === 'ON_PERMISSIVE';
  const problem: Problem = {
    code: numbers ? 'GTID_MODE_PERMISSIVE' : 'GTID_MODE_OFF',
    node: name,
    message: numbers
      ? `${name} numbers its transactions, but is not bound to`
      : `${name} does not number its transactions, so nobody can tell which of them a replica has: each session reads from the source`,
    variable: 'gtid_mode',
    value: mode,
    cure: stepsFrom(mode),
  };
  return [problem];
};

function stepsFrom(mode: string): string {
  const at = steps.indexOf(mode);
  const enforce = 'SET @@PERSIST.enforce_gtid_consistency = ON';
  const modes = steps.slice(at + 1).map((step) => `SET @@PERSIST.gtid_mode = ${step}`);
  return `on every server, one step at a time: ${[enforce, ...modes].join('; ')}`;
}
