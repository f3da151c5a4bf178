/**
 * The mirror of one process: prepares the backup, runs a worker, and watches the progress. The backup may be down for any time, at
 * start too: changes wait in the outbox.
 */
import { MirrorConnection } from '../database/mirror/mirror-connection.ts';
import { MirrorFaultError } from '../database/mirror/mirror-fault.ts';
import type { MirroredModel } from '../database/mirror/mirrored-tables.ts';
import type { Commits } from '../database/session/committed-event.ts';
import type { OutboxDepth } from '../outbox/outbox.ts';
import type { Clock } from '../platform/clock.ts';
import { errorMessage } from '../platform/error-message.ts';
import type { Logger } from '../platform/log.ts';
import type { ServerAddress } from '../servers/server-address.ts';
import { type MirrorTurn, turnOf } from './mirror-turn.ts';
import { MirrorWorker, type MirrorWorkerLimits } from './mirror-worker.ts';
import { RecordApplier } from './record-applier.ts';
import { RollingCheck } from './rolling-check.ts';
import { SourceLinks } from './source-link.ts';

export type MirrorOptions = {
  readonly models: readonly MirroredModel[];
  /** The server that accepts writes now, `null` if none does. */
  readonly source: () => ServerAddress | null;
  readonly backup: ServerAddress;
  /** Of the source, by this process: where it adds to the outbox, the worker need not wait until it looks again. */
  readonly commits?: Commits;
  /** Unique among all workers on the same outbox. */
  readonly workerName: string;
  /** Migrates the backup's tables; retried until it succeeds. */
  readonly prepareBackup: (() => Promise<void>) | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly limits?: Partial<MirrorLimits>;
  readonly onTurn?: (turn: MirrorTurn, depth: OutboxDepth) => void;
};

export type MirrorLimits = MirrorWorkerLimits & {
  /** If an entry waits longer, the mirror counts as behind. */
  readonly behindAfterMs: number;
  readonly watchIntervalMs: number;
  /** Interval of the background comparison; 0 disables it. */
  readonly checkIntervalMs: number;
};

export const defaultLimits: MirrorLimits = {
  recordsPerBatch: 500,
  leaseMs: 5000,
  maxAttempts: 8,
  timeoutMs: 10_000,
  behindAfterMs: 5000,
  watchIntervalMs: 1000,
  checkIntervalMs: 10_000,
};

export type MirrorState = {
  /** `null` if unknown. */
  readonly turn: MirrorTurn | null;
  /** Size of the outbox when last read. */
  readonly depth: OutboxDepth | null;
  /** Records applied by this process. */
  readonly applied: number;
  /** Records found to differ by the background comparison, and repaired. */
  readonly mismatches: number;
  /** When a part was last compared, in milliseconds since the Unix epoch; `null` before the first time. */
  readonly lastComparedAtMs: number | null;
  readonly trouble: string | null;
};

const checkpointHours = 24;
const purgeLimit = 1000;

export class Mirror {
  readonly #options: MirrorOptions;
  readonly #limits: MirrorLimits;
  readonly #links: SourceLinks;
  /** The worker's connection, and one for everything else, so that neither waits for the other. */
  readonly #connections: readonly [MirrorConnection, MirrorConnection];
  readonly #watchLinks: SourceLinks;
  readonly #worker: MirrorWorker;
  readonly #check: RollingCheck;
  readonly #watchApplier: RecordApplier;
  readonly #stop = new AbortController();
  #watching: Promise<void> | null = null;
  #unsubscribe: (() => void) | null = null;
  /** Trouble met by this part; `#state` has the worker's. */
  #watchTrouble: string | null = null;
  #state: MirrorState = { turn: null, depth: null, applied: 0, mismatches: 0, lastComparedAtMs: null, trouble: null };

  constructor(options: MirrorOptions) {
    this.#options = options;
    const { models, source, backup, clock, random, log } = options;
    const limits = { ...defaultLimits, ...options.limits };
    this.#limits = limits;
    this.#links = new SourceLinks(source, clock, limits.timeoutMs);
    this.#watchLinks = new SourceLinks(source, clock, limits.timeoutMs);
    const [working, watching] = [new MirrorConnection(backup, clock), new MirrorConnection(backup, clock)];
    this.#connections = [working, watching];
    const { timeoutMs } = limits;
    this.#watchApplier = new RecordApplier({ models, backup: watching, timeoutMs });
    this.#check = new RollingCheck({ models, backup: watching, applier: this.#watchApplier, timeoutMs, log });
    this.#worker = new MirrorWorker({
      name: options.workerName,
      links: this.#links,
      applier: new RecordApplier({ models, backup: working, timeoutMs }),
      backup: working,
      limits,
      clock,
      random,
      log,
      onApplied: (records) => this.#learn({ applied: this.#state.applied + records }),
      onTrouble: (trouble) => this.#learn({ trouble }),
    });
  }

  /** Starts in the background. */
  start(): void {
    this.#watching ??= this.#run();
    this.#unsubscribe ??=
      this.#options.commits?.subscribe(({ appended }) => {
        // Where it is unknown what became of a write, its rows may be there.
        if (appended !== 0) this.#worker.wake();
      }) ?? null;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#unsubscribe?.();
    await this.#worker.stop();
    await this.#watching;
    await Promise.all([...this.#connections, this.#links, this.#watchLinks].map((part) => part.close()));
  }

  get state(): MirrorState {
    return { ...this.#state, trouble: this.#state.trouble ?? this.#watchTrouble };
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    if (!(await this.#prepared())) return;
    this.#worker.start();
    let nextCheckMs = clock.monotonic() + this.#limits.checkIntervalMs;
    while (!this.#stop.signal.aborted) {
      await this.#readDepth();
      if (this.#limits.checkIntervalMs > 0 && clock.monotonic() >= nextCheckMs) {
        await this.#checkSome();
        nextCheckMs = clock.monotonic() + this.#limits.checkIntervalMs * (0.9 + random() * 0.2);
      }
      await this.#sleep(this.#limits.watchIntervalMs);
    }
  }

  /** False if asked to stop first. */
  async #prepared(): Promise<boolean> {
    const { prepareBackup, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      try {
        await prepareBackup?.();
        this.#learn({ trouble: null });
        return true;
      } catch (error) {
        const trouble = errorMessage(error);
        if (trouble !== this.#state.trouble) log.warn({ reason: trouble }, 'cannot prepare the backup yet; will retry');
        await this.#readDepth();
        this.#learn({ trouble });
      }
      await this.#sleep(this.#limits.watchIntervalMs);
    }
    return false;
  }

  async #readDepth(): Promise<void> {
    try {
      const depth = await this.#watchLinks.now().outbox.depth();
      const turn = turnOf(this.#state.turn, depth, this.#limits.behindAfterMs);
      this.#learn({ depth, ...(turn !== null && { turn }) });
      this.#watchTrouble = null;
      if (turn !== null) this.#options.onTurn?.(turn, depth);
    } catch (error) {
      this.#watchTrouble = errorMessage(error);
    }
  }

  async #checkSome(): Promise<void> {
    if (this.#state.turn !== 'CAUGHT_UP') return;
    try {
      const found = await this.#check.next(this.#watchLinks.now());
      this.#learn({ mismatches: this.#state.mismatches + found, lastComparedAtMs: this.#options.clock.now() });
      await this.#watchApplier.purge(checkpointHours, purgeLimit);
    } catch (error) {
      // The worker meets the same servers and reports them.
      if (!(error instanceof MirrorFaultError))
        this.#options.log.error({ err: error }, 'could not read the progress of the mirror');
    }
  }

  #learn(news: Partial<MirrorState>): void {
    this.#state = { ...this.#state, ...news };
  }

  async #sleep(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, { signal: this.#stop.signal }).catch(() => undefined);
  }
}
