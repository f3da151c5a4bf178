/**
 * Determines which cluster this is, and asks again whenever the set of servers changes.
 *
 *   UNKNOWN  --its servers say, or are given a name--> KNOWN
 *   KNOWN    --its servers say another name--> KNOWN, as that one
 *
 * A cluster never becomes unknown again: if its servers are down, that says nothing about its identity.
 */

import { type IdentitySighting, judgeIdentity } from '../../cluster/cluster-identity.ts';
import { type ClusterSnapshot, isSeen, writableSource } from '../../cluster/cluster-snapshot.ts';
import { backoffMs } from '../../platform/backoff.ts';
import type { Clock } from '../../platform/clock.ts';
import { commandLine } from '../../platform/command-line.ts';
import { within } from '../../platform/deadline.ts';
import type { Logger } from '../../platform/log.ts';
import { claimServers, readClaims } from './cluster-servers-table.ts';
import type { WorkOnServer } from './on-source.ts';

type WatchedDatabase = {
  readonly cluster: {
    snapshot(): ClusterSnapshot;
    subscribe(listener: (snapshot: ClusterSnapshot) => void): () => void;
  };
  onNode<T>(name: string, work: WorkOnServer<T>): Promise<T>;
};

export type IdentityWatchOptions = {
  readonly database: WatchedDatabase;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly log: Logger;
  /** Called and awaited once for each name. */
  readonly onKnown: (cluster: string) => Promise<void>;
};

/** How long a start waits for the name before it continues without. */
const startMs = 3000;
const again = { firstMs: 200, factor: 2, maxMs: 10_000 };

type Sighted = IdentitySighting & { readonly node: string };

export class IdentityWatch {
  readonly #options: IdentityWatchOptions;
  readonly #stopping = new AbortController();
  #cluster: string | null = null;
  #trouble: string | null = 'no server has been asked yet';
  /** The servers that the last answer was about. */
  #answered = '';
  #running: Promise<void> | null = null;
  #unsubscribe: () => void = () => undefined;

  constructor(options: IdentityWatchOptions) {
    this.#options = options;
  }

  /** `null` until it is known. */
  get cluster(): string | null {
    return this.#cluster;
  }

  /** Why it is not known, in words; `null` when it is. */
  get trouble(): string | null {
    return this.#cluster === null ? this.#trouble : null;
  }

  /** From now on. */
  watch(): void {
    this.#unsubscribe = this.#options.database.cluster.subscribe(() => this.#check());
  }

  /** After the first probe of the servers. Resolves when the name is known, or soon after. */
  async start(): Promise<void> {
    this.#check();
    const first = this.#running ?? Promise.resolve();
    await within(first, startMs, this.#options.clock).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#unsubscribe();
    await this.#running;
  }

  #check(): void {
    if (this.#stopping.signal.aborted || this.#running !== null) return;
    const sighted = this.#sighting();
    if (sighted === null || keyOf(sighted) === this.#answered) return;
    this.#running = this.#find()
      .finally(() => {
        this.#running = null;
      })
      // Others may have been seen meanwhile.
      .then(() => this.#check());
  }

  async #find(): Promise<void> {
    const { clock, random, log } = this.#options;
    const { signal } = this.#stopping;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const sighted = this.#sighting();
      if (sighted === null) return;
      try {
        const cluster = await this.#ask(sighted);
        this.#answered = keyOf(sighted);
        if (cluster !== null) await this.#learn(cluster);
        return;
      } catch (error) {
        const missing = error instanceof MissingTableError;
        this.#trouble = missing ? error.message : 'no server could be asked';
        log[attempt === 0 && missing ? 'warn' : 'debug']({ err: error }, 'it is not known yet which cluster this is');
      }
      await clock.sleep(backoffMs(attempt, again, random), { signal, unref: true }).catch(() => undefined);
    }
  }

  async #ask(sighted: Sighted): Promise<string | null> {
    const { database, randomBytes } = this.#options;
    return database.onNode(sighted.node, async (connection, flavour) => {
      const claims = await readClaims(connection);
      if (claims === null) throw new MissingTableError();
      const verdict = judgeIdentity(sighted, claims);
      if (verdict.kind === 'UNKNOWN') {
        this.#trouble = 'no server that answers says so';
        return null;
      }
      if (sighted.source === null) return verdict.kind === 'KNOWN' ? verdict.cluster : null;
      const fresh = Buffer.from(randomBytes(12)).toString('hex');
      const cluster = verdict.kind === 'KNOWN' ? verdict.cluster : fresh;
      // Without this one's row nothing is certain; those of the others may come later.
      await claimServers(connection, flavour, verdict.unclaimed, cluster);
      if (verdict.kind === 'KNOWN') return cluster;
      // Another process may have been first.
      const now = judgeIdentity(sighted, (await readClaims(connection)) ?? []);
      return now.kind === 'KNOWN' ? now.cluster : null;
    });
  }

  async #learn(cluster: string): Promise<void> {
    const { log, onKnown } = this.#options;
    if (cluster === this.#cluster) return;
    const before = this.#cluster;
    this.#cluster = cluster;
    if (before !== null) log.warn({ before, cluster }, 'the servers are those of another cluster now');
    await onKnown(cluster).catch((error: unknown) => log.error({ err: error }, 'the cluster could not be identified'));
  }

  #sighting(): Sighted | null {
    const snapshot = this.#options.database.cluster.snapshot();
    const source = writableSource(snapshot);
    const seen = snapshot.filter((status) => isSeen(status) && status.role !== 'BACKUP' && status.report !== null);
    const node = source ?? seen[0];
    if (node === undefined) return null;
    const others = seen.filter((status) => status !== source).map(({ report }) => report?.identity ?? '');
    return { source: source?.report?.identity ?? null, others: others.sort(), node: node.node.name };
  }
}

class MissingTableError extends Error {
  constructor() {
    super(`the table cluster_servers is missing: \`${commandLine('migrate')}\` makes it`);
  }
}

function keyOf({ source, others }: IdentitySighting): string {
  return [source ?? '', ...others].join('\n');
}
