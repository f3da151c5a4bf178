/**
 * Tells other API processes what this one sees, and looks at once where they see something else.
 *
 * Only what was seen here is said: a node that is out because of another's word is not passed on as down before our own
 * look has failed, or a rumour would keep itself alive. All of it is best effort: without the board each process goes on
 * with what it knows itself, and says what it has seen when the board is back.
 */
import { jittered } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Cluster } from './cluster.ts';
import { statusOf } from './cluster-snapshot.ts';
import { reactionTo } from './hearsay.ts';
import type { NodeStatus } from './node-status.ts';
import type { NodeWord, StatusBoard } from './status-board.ts';

export type StatusSharingOptions = {
  readonly cluster: Cluster;
  readonly board: StatusBoard;
  readonly clock: Clock;
  readonly random: () => number;
  /** How often this process says that what it said is still so, in milliseconds. */
  readonly upholdEveryMs: number;
};

/** How many words about one node are heeded in a second: a process that babbles must not make all others look without end. */
const heededPerSecond = 10;

export class StatusSharing {
  readonly #options: StatusSharingOptions;
  readonly #stopped = new AbortController();
  /** What the board was told last. A word that did not get there is told again. */
  readonly #told = new Map<string, string>();
  /** Nodes that are out because others said so, with the failures they had then. */
  readonly #hearsay = new Map<string, number>();
  readonly #heeded = new Map<string, { fromMs: number; words: number }>();
  #telling = false;
  #newsWaits = false;
  #unsubscribe: () => void = () => undefined;
  #upholding: Promise<void> | null = null;

  constructor(options: StatusSharingOptions) {
    this.#options = options;
    options.board.listen((word) => this.#hear(word));
  }

  /** Takes in what others know: before the first look at the nodes, so that those known to be down are looked at last. */
  async start(): Promise<void> {
    const { cluster } = this.#options;
    this.#unsubscribe = cluster.events.subscribe(({ name }) => {
      if (name.startsWith('NODE_')) void this.#tellNews();
    });
    await this.#read();
    this.#upholding = this.#uphold();
  }

  /** The board can be reached again: others have seen things meanwhile, and so has this process. */
  async refresh(): Promise<void> {
    if (this.#upholding === null || this.#stopped.signal.aborted) return;
    await this.#read();
    await this.#tellAll();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#unsubscribe();
    await this.#upholding;
  }

  async #read(): Promise<void> {
    const { cluster, board } = this.#options;
    const names = cluster.snapshot().map(({ node }) => node.name);
    const words = await board.read(names).catch(() => []);
    for (const word of words) this.#hear(word);
  }

  #hear(word: NodeWord): void {
    const { cluster } = this.#options;
    const status = statusOf(cluster.snapshot(), word.node);
    if (status === undefined || this.#stopped.signal.aborted) return;
    const reaction = reactionTo(word, status);
    if (reaction === 'NONE' || !this.#heeds(word.node)) return;
    if (reaction === 'LOOK') {
      cluster.lookNow(word.node);
      return;
    }
    // Telling the cluster makes events, and they must find this node marked already.
    this.#hearsay.set(word.node, Number.POSITIVE_INFINITY);
    cluster.suspect(word.node, `is down for another process: ${word.trouble ?? 'no reason given'}`);
    this.#hearsay.set(word.node, statusOf(cluster.snapshot(), word.node)?.failures ?? 0);
  }

  #heeds(node: string): boolean {
    const nowMs = this.#options.clock.monotonic();
    const before = this.#heeded.get(node);
    const window = before !== undefined && nowMs - before.fromMs < 1000 ? before : { fromMs: nowMs, words: 0 };
    window.words += 1;
    this.#heeded.set(node, window);
    return window.words <= heededPerSecond;
  }

  /** One announcement at a time, each with all that is new by then. */
  async #tellNews(): Promise<void> {
    this.#newsWaits = true;
    if (this.#telling) return;
    this.#telling = true;
    try {
      while (this.#newsWaits) {
        this.#newsWaits = false;
        const news = this.#ownWords().filter(({ node, state }) => this.#told.get(node) !== state);
        if (news.length > 0) await this.#options.board.announce(news);
        for (const { node, state } of news) this.#told.set(node, state);
      }
    } catch {
      // Told again with the next news, or when the board is back.
    } finally {
      this.#telling = false;
    }
  }

  async #uphold(): Promise<void> {
    const { clock, random, upholdEveryMs } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await clock.sleep(jittered(upholdEveryMs, random), { signal, unref: true }).catch(() => undefined);
      if (!signal.aborted) await this.#tellAll();
    }
  }

  async #tellAll(): Promise<void> {
    await this.#tellNews();
    const words = this.#ownWords();
    if (words.length > 0) await this.#options.board.uphold(words).catch(() => undefined);
  }

  #ownWords(): NodeWord[] {
    return this.#options.cluster.snapshot().flatMap((status) => {
      const { node, state, trouble } = status;
      return state === 'UNKNOWN' || this.#isHearsay(status) ? [] : { node: node.name, state, trouble };
    });
  }

  #isHearsay({ node, state, failures }: NodeStatus): boolean {
    const failuresThen = this.#hearsay.get(node.name);
    if (failuresThen === undefined) return false;
    if (state === 'DOWN' && failures <= failuresThen) return true;
    this.#hearsay.delete(node.name);
    return false;
  }
}
