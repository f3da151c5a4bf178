/** Where the API processes of one cluster tell each other what they see. What is read there is a hint, never the truth. */
import { type NodeState, nodeStates } from './node-status.ts';

/** What one process has seen with its own eyes. */
export type NodeWord = {
  readonly node: string;
  readonly state: Exclude<NodeState, 'UNKNOWN'>;
  /** Why the node is not HEALTHY, in words. */
  readonly trouble: string | null;
};

export interface StatusBoard {
  /** Says what has changed: whoever listens hears it, and whoever starts can read it. */
  announce(words: readonly NodeWord[]): Promise<void>;
  /** Says that it is still so. Where others have said something else since, theirs stays. */
  uphold(words: readonly NodeWord[]): Promise<void>;
  /** What was last said about each node and is still upheld by somebody. */
  read(nodes: readonly string[]): Promise<readonly NodeWord[]>;
  /** Calls `listener` with what others announce, once the board is reachable; names it before that. */
  listen(listener: (word: NodeWord) => void): void;
}

const longestWord = 200;

export function writeWord({ state, trouble }: NodeWord): string {
  return `${state} ${trouble ?? ''}`.replace(/\s+/g, ' ').slice(0, longestWord).trimEnd();
}

/** `null` for what no process of ours can have written. */
export function readWord(node: string, text: string): NodeWord | null {
  const [, first = '', rest = ''] = /^([A-Z]+)(?: (.*))?$/.exec(text) ?? [];
  const state = nodeStates.find((candidate) => candidate === first);
  if (state === undefined || state === 'UNKNOWN' || text.length > longestWord) return null;
  return { node, state, trouble: rest === '' ? null : rest };
}
