/**
 * How far to trust a status reported by another process. Pure.
 *
 * It may be wrong: a process that has lost its own network sees every server down. So a report never makes a node healthy, and a node
 * reported as down is out of service only until our own probe, which is made at once, has answered. Then one failed probe of our own
 * is enough, because two processes have seen it.
 *
 * The source has no substitute, and refusing writes wrongly is worse than letting one fail: it stays in service until our own probe,
 * but one failed probe is enough for it as well.
 */
import { afterSilence, type HealthPolicy } from './health.ts';
import type { NodeStatus } from './node-status.ts';
import type { NodeWord } from './status-board.ts';

/** SUSPECT: act on the report, and probe. LOOK: only probe. */
export type Reaction = 'NONE' | 'LOOK' | 'SUSPECT';

export function reactionTo(word: NodeWord, status: NodeStatus): Reaction {
  if (word.state === status.state) return 'NONE';
  return word.state === 'DOWN' ? 'SUSPECT' : 'LOOK';
}

/** Another process reports that the node is down. */
export function afterHearsay(status: NodeStatus, trouble: string, policy: HealthPolicy): NodeStatus {
  if (status.state === 'DOWN') return status;
  const failures = Math.max(status.failures, policy.failureThreshold - 1);
  if (status.role === 'SOURCE' && status.state !== 'UNKNOWN') return { ...status, failures };
  return { ...afterSilence(status, trouble), failures };
}
