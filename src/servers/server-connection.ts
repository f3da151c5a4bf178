import type { Clock } from '../platform/clock.ts';
import { OwnClock } from '../platform/own-clock.ts';
import type { Connection } from './connection.ts';
import { faultInWords, faultOf } from './faults.ts';
import { driverAt } from './known-flavours.ts';
import type { ServerAddress } from './server-address.ts';

/** The server did not answer in time; the statement may still run there. */
export class NoAnswerError extends Error {
  constructor() {
    super('does not answer');
  }
}

/** One physical connection. */
type Link = {
  readonly cut: () => void;
  readonly opening: Promise<Connection>;
  isOpen: boolean;
  /** Statements that have outlived their timeout and still run. */
  overdue: number;
};

export type ServerConnectionOptions = {
  /** If the connection was lost while idle, the work runs again on a new one: for work that only reads. */
  readonly onlyReads?: boolean;
};

/**
 * One connection to one server, opened when first used and again after it was lost. Statements are sent in order.
 * A statement that outlives its timeout blocks the connection: the next one abandons it and opens another. Timeouts are in
 * this process's own time: a server is not silent just because this process was too busy to read.
 */
export class ServerConnection {
  readonly #address: ServerAddress;
  readonly #clock: Clock;
  readonly #onLost: (trouble: string) => void;
  readonly #onlyReads: boolean;
  #link: Link | null = null;
  #closed = false;

  /** `onLost` is called for connections that were open and are lost, not for those that could not be opened. */
  constructor(
    address: ServerAddress,
    clock: Clock,
    onLost: (trouble: string) => void,
    { onlyReads = false }: ServerConnectionOptions = {},
  ) {
    this.#address = address;
    this.#clock = new OwnClock(clock);
    this.#onLost = onLost;
    this.#onlyReads = onlyReads;
  }

  /** Runs `work` on the open connection. Rejects with a plain sentence as message. */
  async use<T>(timeoutMs: number, work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error('is closed');
    if (this.#link !== null && this.#link.overdue > 0) this.#giveUp(this.#link, 'does not answer');
    const overdue = Symbol('overdue');
    let cancel: () => void = () => undefined;
    const limit = new Promise<typeof overdue>((resolve) => {
      cancel = this.#clock.after(timeoutMs, () => resolve(overdue));
    });
    try {
      for (;;) {
        const mayBeStale = this.#onlyReads && this.#link?.isOpen === true;
        this.#link ??= this.#open(timeoutMs);
        const link = this.#link;
        const running = link.opening.then(work);
        try {
          const outcome = await Promise.race([running, limit]);
          if (outcome !== overdue) return outcome;
          link.overdue += 1;
          const ended = () => {
            link.overdue -= 1;
          };
          running.then(ended, ended);
          throw new NoAnswerError();
        } catch (error) {
          if (error instanceof NoAnswerError) throw error;
          const words = faultInWords(error, { inTheClear: this.#address.tls === null });
          const isLost = faultOf(error) === 'CONNECTION';
          if (isLost) this.#giveUp(link, words);
          if (!isLost || !mayBeStale || this.#closed) throw new Error(words, { cause: error });
        }
      }
    } finally {
      cancel();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const link = this.#link;
    if (link === null) return;
    this.#giveUp(link, 'is closed');
    await link.opening.catch(() => undefined);
  }

  #open(timeoutMs: number): Link {
    const { opened, cut } = driverAt(this.#address).open(this.#address, { timeoutMs });
    const link: Link = { cut, opening: opened, isOpen: false, overdue: 0 };
    link.opening.then(
      (open) => {
        link.isOpen = true;
        open.on('error', () => this.#giveUp(link, 'lost the connection'));
        open.on('end', () => this.#giveUp(link, 'closed the connection'));
      },
      () => this.#giveUp(link, 'refused the connection'),
    );
    return link;
  }

  /** Only the current link is reported: an old one may fail again long after its successor is in use. */
  #giveUp(link: Link, trouble: string): void {
    link.cut();
    if (this.#link !== link) return;
    this.#link = null;
    if (link.isOpen && !this.#closed) this.#onLost(trouble);
  }
}
