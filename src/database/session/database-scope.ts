/**
 * What the running work does on one database, available after every await: whose reads it makes, which transaction it
 * commits, which snapshot it begins. Every engine has its own scope and passes it to its clients and sessions, so work on
 * several databases, nested in any order, is never attributed to the wrong one.
 *
 * Within one database the innermost counts. A session opened inside a write reads for itself, outside that transaction; so
 * does a snapshot. What they commit is not what the surrounding write committed.
 *
 * Prisma's promises are lazy: await them inside.
 */
import type { WriteCapture } from '../write/write-capture.ts';
import { AsyncScope } from './async-scope.ts';
import type { ReadObservation } from './read-observation.ts';
import type { SessionReader } from './session-reader.ts';
import type { SnapshotScope } from './snapshot-scope.ts';

type PresentWork = {
  readonly reader: SessionReader | null;
  readonly capture: WriteCapture | null;
  readonly snapshot: SnapshotScope | null;
};

const nothing: PresentWork = { reader: null, capture: null, snapshot: null };

export class DatabaseScope {
  /** How the database is called in metrics and errors. */
  readonly name: string;
  readonly #present = new AsyncScope<PresentWork>();

  constructor(name: string) {
    this.name = name;
  }

  /** Reads in `work` belong to the session of `reader`. */
  reading<T>(reader: SessionReader, work: () => T): T {
    return this.#present.run({ ...nothing, reader }, work);
  }

  /** Runs a statement that reads for several operations: what it sees is reported only to `observation`. */
  observing<T>(observation: ReadObservation, work: () => T): T {
    const read = async (): Promise<never> => {
      throw new Error('A statement of several operations belongs to no session');
    };
    return this.reading({ observation, read }, work);
  }

  /** What `work` commits is recorded in `capture`. */
  writing<T>(capture: WriteCapture, work: () => Promise<T>): Promise<T> {
    return this.#present.run({ reader: this.#work.reader, capture, snapshot: null }, work);
  }

  /** The transaction that `work` begins fixes a state and reports which one. */
  beginning<T>(snapshot: SnapshotScope, work: () => Promise<T>): Promise<T> {
    return this.#present.run({ reader: this.#work.reader, capture: null, snapshot }, work);
  }

  /** `work` is no part of what is under way, whatever calls it. */
  apart<T>(work: () => T): T {
    return this.#present.run(nothing, work);
  }

  /** Throws if no session is open: a read that was not routed must not reach a server by accident. */
  get reader(): SessionReader {
    const { reader } = this.#work;
    if (reader === null)
      throw new Error(`A read of the database ${this.name} was made outside of a session of its own`);
    return reader;
  }

  /** What the statements of the current operation see, `undefined` outside of a session. */
  get observation(): ReadObservation | undefined {
    return this.#work.reader?.observation;
  }

  /** Of the write that is under way, `null` outside of one. */
  get capture(): WriteCapture | null {
    return this.#work.capture;
  }

  /** Of the transaction that is being begun, `null` when it is an ordinary one. */
  get snapshot(): SnapshotScope | null {
    return this.#work.snapshot;
  }

  get #work(): PresentWork {
    return this.#present.current() ?? nothing;
  }
}
