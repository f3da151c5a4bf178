/** Everything that is wrong with the servers. A rule is a file beside this one, and a line here. */
import type { ClusterSnapshot } from '../cluster-snapshot.ts';
import type { Problem } from '../problem.ts';
import { epochRecordRule } from './epoch-record.ts';
import { gtidModeRule } from './gtid-mode.ts';
import type { ProblemRule } from './problem-rule.ts';
import { sourceRolesRule } from './source-roles.ts';

const rules: readonly ProblemRule[] = [gtidModeRule, sourceRolesRule, epochRecordRule];

export function findProblems(snapshot: ClusterSnapshot): readonly Problem[] {
  return rules.flatMap((rule) => rule(snapshot));
}
