/**
 * What the word of another process is worth. Pure.
 *
 * It may be wrong: a process that has lost its own network sees every server down. So it never declares a node well, and
 * a node that it declares down is out only until our own look has answered, which is made at once. Then one failed look of
 * our own is enough, as two have seen it: nobody has to learn it the hard way.
 *
 * The source has no stand-in, and a write refused for nothing is worse than one that finds out by itself: it stays in
 * service until our own look, but one failed look is enough for it as well.
 */
import { afterSilence, type HealthPolicy } from './health.ts';
import type { NodeStatus } from './node-status.ts';
import type { NodeWord } from './status-board.ts';

/** SUSPECT: take the word into account, and look. LOOK: only look. */
export type Reaction = 'NONE' | 'LOOK' | 'SUSPECT';

export function reactionTo(word: NodeWord, status: NodeStatus): Reaction {
  if (word.state === status.state) return 'NONE';
  return word.state === 'DOWN' ? 'SUSPECT' : 'LOOK';
}

/** Another process says that the node is down. */
export function afterHearsay(status: NodeStatus, trouble: string, policy: HealthPolicy): NodeStatus {
  if (status.state === 'DOWN') return status;
  const failures = Math.max(status.failures, policy.failureThreshold - 1);
  if (status.role === 'SOURCE' && status.state !== 'UNKNOWN') return { ...status, failures };
  return { ...afterSilence(status, trouble), failures };
}
