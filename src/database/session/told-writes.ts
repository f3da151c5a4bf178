/**
 * The writes of one operation, each from its transaction to the event that tells of it:
 *
 *   committed          the session takes over its position, then listeners are told; of what wrote nothing they are not
 *   outcome unknown    listeners are told that: it may be there, and its outbox rows with it
 *   rolled back        listeners are not told
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

  constructor(
    services: ToldWritesServices<Transaction>,
    progress: SessionProgress,
    { readsFollow = true }: Pick<SessionOpening, 'readsFollow'>,
  ) {
    this.#services = services;
    this.#progress = progress;
    this.#readsFollow = readsFollow;
  }

  async write<T>(work: Work<Transaction, T>): Promise<Committed<T>> {
    const reads = this.#progress.transactionReads();
    let written: Written<T>;
    let committed: Committed<T>;
    try {
      written = await this.#services.writer.write(work);
      committed = await this.#progress.committed(written, reads);
    } catch (error) {
      if (error instanceof WriteIndeterminateError) this.#tellUnknown();
      throw error;
    }
    const { position, onlyOnSource, issuedAtMs } = committed;
    const { appended } = written;
    if (position !== null || onlyOnSource || appended > 0) {
      this.#tell({ outcome: 'COMMITTED', position, onlyOnSource, issuedAtMs, appended });
    }
    return committed;
  }

  #tellUnknown(): void {
    const issuedAtMs = this.#services.clock.now();
    this.#tell({ outcome: 'UNKNOWN', position: null, onlyOnSource: false, issuedAtMs, appended: null });
  }

  #tell(told: Omit<Commit, 'database' | 'epoch' | 'readsFollow'>): void {
    const { epoch } = this.#progress.session;
    this.#services.committed.tell({ ...told, epoch, readsFollow: this.#readsFollow });
  }
}
