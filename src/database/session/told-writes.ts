/**
 * The writes of one operation, each from its transaction to its event:
 *
 *   committed          the session takes over its position, then listeners are notified, unless it changed nothing
 *   outcome unknown    listeners are notified of that: it may have been committed, with its outbox rows
 *   rolled back        listeners are not notified
 */
import { WriteIndeterminateError } from '../errors.ts';
import type { Written } from '../write/source-writer.ts';
import type { Commit } from './committed-event.ts';
import type { Committed, Work } from './database-session.ts';
import type { SessionOpening, SessionServices } from './session-opening.ts';
import type { SessionProgress } from './session-progress.ts';

type ToldWritesServices<Transaction> = Pick<SessionServices<unknown, Transaction>, 'clock' | 'committed' | 'writer'>;

export class ToldWrites<Transaction> {
  readonly #services: ToldWritesServices<Transaction>;
  readonly #progress: SessionProgress;
  readonly #readsFollow: boolean;
  readonly #changes: unknown[] = [];

  constructor(
    services: ToldWritesServices<Transaction>,
    progress: SessionProgress,
    { readsFollow = true }: Pick<SessionOpening, 'readsFollow'>,
  ) {
    this.#services = services;
    this.#progress = progress;
    this.#readsFollow = readsFollow;
  }

  /** What those that are committed have changed, as far as they say. Grows. */
  get changes(): readonly unknown[] {
    return this.#changes;
  }

  async write<T>(work: Work<Transaction, T>, describe: (value: T) => unknown = () => null): Promise<Committed<T>> {
    const reads = this.#progress.transactionReads();
    let change: unknown = null;
    const described: Work<Transaction, T> = async (transaction, own) => {
      const value = await work(transaction, own);
      change = describe(value);
      return value;
    };
    let written: Written<T>;
    let committed: Committed<T>;
    try {
      written = await this.#services.writer.write(described);
      committed = await this.#progress.committed(written, reads);
    } catch (error) {
      if (error instanceof WriteIndeterminateError) this.#tellUnknown();
      throw error;
    }
    const { position, onlyOnSource, issuedAtMs } = committed;
    const { appended } = written;
    if (position !== null || onlyOnSource || appended > 0) {
      if (change !== null) this.#changes.push(change);
      this.#tell({ outcome: 'COMMITTED', position, onlyOnSource, issuedAtMs, appended, change });
    }
    return committed;
  }

  #tellUnknown(): void {
    const issuedAtMs = this.#services.clock.now();
    this.#tell({ outcome: 'UNKNOWN', position: null, onlyOnSource: false, issuedAtMs, appended: null, change: null });
  }

  #tell(told: Omit<Commit, 'database' | 'epoch' | 'readsFollow'>): void {
    const { epoch } = this.#progress.session;
    this.#services.committed.tell({ ...told, epoch, readsFollow: this.#readsFollow });
  }
}
