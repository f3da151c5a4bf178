/**
 * A group whose commits wait until every member has applied them waits for its slowest one. Members that are ready let no new
 * transaction begin meanwhile, so it often seems that another member is the cause.
 */
import { writableSource } from '../cluster-snapshot.ts';
import type { ProblemRule } from './problem-rule.ts';
import { seenReplicas, variableOf } from './seen-settings.ts';

const variable = 'group_replication_consistency';
const waitsForAll: ReadonlySet<string | undefined> = new Set(['AFTER', 'BEFORE_AND_AFTER']);
/** Longer than a busy member takes. */
const heldUpMs = 3000;

export const groupHeldUpRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot);
  const value = source && variableOf(source, variable);
  if (source?.report?.member === undefined || value === undefined || !waitsForAll.has(value)) return [];
  return seenReplicas(snapshot).flatMap(({ node: { name }, report }) => {
    if (report?.member === undefined || (report.lagMs ?? 0) < heldUpMs) return [];
    return [
      {
        code: 'GROUP_HELD_UP',
        node: name,
        message: `commits on ${source.node.name} wait for ${name}, which does not apply them; other members may block reads meanwhile`,
        variable,
        value,
        cure: `end what the applier of ${name} waits for (SHOW PROCESSLIST names it), or on ${name}: STOP GROUP_REPLICATION`,
      } as const,
    ];
  });
};
