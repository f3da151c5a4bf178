import type { NodeWord, StatusBoard } from '../../src/cluster/status-board.ts';

/** A board in this process, for sharings that were made with `of`. */
export class MemoryBoard {
  readonly words = new Map<string, NodeWord>();
  /** All that was announced, in order. */
  readonly announced: NodeWord[] = [];
  upheld = 0;
  gone = false;
  readonly #listeners = new Map<object, (word: NodeWord) => void>();

  forOne(): StatusBoard {
    const self = {};
    const reach = () => {
      if (this.gone) throw new Error('the board is gone');
    };
    return {
      announce: async (words) => {
        reach();
        for (const word of words) this.say(word, self);
      },
      uphold: async (words) => {
        reach();
        this.upheld += words.length;
      },
      read: async (nodes) => {
        reach();
        return nodes.flatMap((node) => this.words.get(node) ?? []);
      },
      listen: (listener) => void this.#listeners.set(self, listener),
    };
  }

  say(word: NodeWord, teller: object = {}): void {
    this.words.set(word.node, word);
    this.announced.push(word);
    for (const [self, listener] of this.#listeners) if (self !== teller) listener(word);
  }
}
