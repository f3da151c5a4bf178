/**
 * Publishes what this process sees, and probes at once what others see differently.
 *
 * Only own observations are published: a node that is out of service because of another's report is not reported as down before our own
 * probe has failed, or a rumour would keep itself alive. All of this is best effort: without the board each process relies on its own
 * knowledge, and publishes it when the board is back.
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
  /** Interval at which this process renews its statuses, in milliseconds. */
  readonly upholdEveryMs: number;
};

/** Maximum number of reports heeded per node and second, so that one noisy process cannot keep all others probing. */
const heededPerSecond = 10;

export class StatusSharing {
  readonly #options: StatusSharingOptions;
  readonly #stopped = new AbortController();
  /** What was last published. A failed publication is repeated. */
  readonly #told = new Map<string, string>();
  /** Nodes that are out of service because of others, with the failures they had then. */
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

  /** Reads the others' statuses before the first probes, so that nodes reported as down are probed last. */
  async start(): Promise<void> {
    const { cluster } = this.#options;
    this.#unsubscribe = cluster.events.subscribe(({ name }) => {
      if (name.startsWith('NODE_')) void this.#tellNews();
    });
    await this.#read();
    this.#upholding = this.#uphold();
  }

  /** The board is reachable again: others have seen changes meanwhile, and so has this process. */
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
      cluster.probeNow(word.node);
      return;
    }
    // `suspect` publishes events, and the node must be marked before.
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

  /** One announcement at a time, each with all news by then. */
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
      // Repeated with the next news, or when the board is back.
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
