/** All problems of the servers. A rule is a file beside this one, and a line here. */
import type { ClusterSnapshot } from '../cluster-snapshot.ts';
import type { Problem } from '../problem.ts';
import { epochRecordRule } from './epoch-record.ts';
import { epochsUnreadRule } from './epochs-unread.ts';
import { followsByFileRule } from './follows-by-file.ts';
import { groupHeldUpRule } from './group-held-up.ts';
import { gtidModeRule } from './gtid-mode.ts';
import { limitsRule } from './limits.ts';
import { migrationsRule } from './migrations.ts';
import { outOfSequenceRule } from './out-of-sequence.ts';
import type { ProblemRule } from './problem-rule.ts';
import { replicationFiltersRule } from './replication-filters.ts';
import { servingRule } from './serving.ts';
import { skippedEventsRule } from './skipped-events.ts';
import { sourceLogRule } from './source-log.ts';
import { sourceRolesRule } from './source-roles.ts';
import { updatesNotLoggedRule } from './updates-not-logged.ts';

const rules: readonly ProblemRule[] = [
  gtidModeRule,
  sourceRolesRule,
  servingRule,
  migrationsRule,
  groupHeldUpRule,
  limitsRule,
  epochRecordRule,
  epochsUnreadRule,
  sourceLogRule,
  outOfSequenceRule,
  followsByFileRule,
  replicationFiltersRule,
  skippedEventsRule,
  updatesNotLoggedRule,
];

export function findProblems(snapshot: ClusterSnapshot): readonly Problem[] {
  return rules.flatMap((rule) => rule(snapshot));
}
