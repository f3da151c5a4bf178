/**
 * A group whose commits wait until every member has applied them waits for its slowest one. Members that are ready have applied
 * them as well, but show them as late, and let no new transaction begin: no table can be read there, not even the record of
 * promotions. So of the members that are late
 *
 *   the record of promotions can be read      holds up the others
 *   reads of it hang                          is held up, as long as there is one that holds it up
 */
import { type ClusterSnapshot, writableSource } from '../cluster-snapshot.ts';
import type { NodeStatus } from '../node-status.ts';
import type { ProblemRule } from './problem-rule.ts';
import { seenReplicas, variableOf } from './seen-settings.ts';

const variable = 'group_replication_consistency';
const waitsForAll: ReadonlySet<string | undefined> = new Set(['AFTER', 'BEFORE_AND_AFTER']);
/** Longer than a busy member takes. */
const heldUpMs = 3000;

export const groupHeldUpRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot);
  const value = source && variableOf(source, variable);
  if (source === undefined || value === undefined) return [];
  return membersBehind(snapshot).holding.map(
    (name) =>
      ({
        code: 'GROUP_HELD_UP',
        node: name,
        message: `commits on ${source.node.name} wait for ${name}, which does not apply them; other members may block reads meanwhile`,
        variable,
        value,
        cure: `end what the applier of ${name} waits for (SHOW PROCESSLIST names it), or on ${name}: STOP GROUP_REPLICATION`,
      }) as const,
  );
};

/** Names of the members that hold up their group, and of those that are held up by them. */
export function membersBehind(snapshot: ClusterSnapshot): {
  readonly holding: readonly string[];
  readonly heldUp: readonly string[];
} {
  const source = writableSource(snapshot);
  if (source?.report?.member === undefined || !waitsForAll.has(variableOf(source, variable)))
    return { holding: [], heldUp: [] };
  const late = seenReplicas(snapshot).filter(
    ({ report }) => report?.member !== undefined && (report.lagMs ?? 0) >= heldUpMs,
  );
  const holding = late.filter((status) => !beginsNothing(status));
  if (holding.length === 0) return { holding: late.map(nameOf), heldUp: [] };
  return { holding: holding.map(nameOf), heldUp: late.filter(beginsNothing).map(nameOf) };
}

const nameOf = ({ node }: NodeStatus): string => node.name;
const beginsNothing = ({ report }: NodeStatus): boolean => report?.epochsUnread?.kind === 'TABLE_SILENT';
