/** Where the API processes of one cluster share what they see. Its content is a hint, never the truth. */
import { type NodeState, nodeStates } from './node-status.ts';

/** What one process has seen itself. */
export type NodeWord = {
  readonly node: string;
  readonly state: Exclude<NodeState, 'UNKNOWN'>;
  /** Why the node is not HEALTHY, as text. */
  readonly trouble: string | null;
};

export interface StatusBoard {
  /** Publishes a change: listeners get it, and new processes can read it. */
  announce(words: readonly NodeWord[]): Promise<void>;
  /** Renews a status. If another process has published a different one since, that one stays. */
  uphold(words: readonly NodeWord[]): Promise<void>;
  /** The last unexpired status of each node. */
  read(nodes: readonly string[]): Promise<readonly NodeWord[]>;
  /** Calls `listener` with the announcements of others, once the board is reachable. */
  listen(listener: (word: NodeWord) => void): void;
}

const maxWordLength = 200;

export function writeWord({ state, trouble }: NodeWord): string {
  return `${state} ${trouble ?? ''}`.replace(/\s+/g, ' ').slice(0, maxWordLength).trimEnd();
}

/** `null` for what no Tidemark process can have written. */
export function readWord(node: string, text: string): NodeWord | null {
  const [, first = '', rest = ''] = /^([A-Z]+)(?: (.*))?$/.exec(text) ?? [];
  const state = nodeStates.find((candidate) => candidate === first);
  if (state === undefined || state === 'UNKNOWN' || text.length > maxWordLength) return null;
  return { node, state, trouble: rest === '' ? null : rest };
}
