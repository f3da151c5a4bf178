import { BoundedStream } from '../platform/bounded-stream.ts';
import type { Clock } from '../platform/clock.ts';
import type { JobRecord } from './job-record.ts';

export type JobFollowerOptions = {
  readonly id: string;
  readonly read: (id: string) => Promise<JobRecord | null>;
  readonly listen: (listener: (record: JobRecord) => void) => () => void;
  readonly clock: Clock;
};

/** Minimum interval between two updates of a follower. */
const spacingMs = 100;
/** Lost messages are made up for by polling. */
const pollEveryMs = 2000;

/** Reports the progress of a job, latest state only, until it has ended or its reader leaves. */
export class JobFollower {
  readonly stream: BoundedStream<JobRecord>;
  readonly #options: JobFollowerOptions;
  readonly #unlisten: () => void;
  #newest: JobRecord | null = null;
  #toldRevision = -1;
  #cancelTelling: (() => void) | null = null;
  #cancelPoll: () => void = () => undefined;

  /** `onEnd` is called once, whichever side ends it. */
  constructor(options: JobFollowerOptions, first: JobRecord, onEnd: (follower: JobFollower) => void) {
    this.#options = options;
    this.stream = new BoundedStream<JobRecord>(1, () => {
      this.#unlisten();
      this.#cancelTelling?.();
      this.#cancelPoll();
      onEnd(this);
    });
    this.#unlisten = options.listen((record) => {
      if (record.id === options.id) this.#hear(record);
    });
    this.#newest = first;
    this.#tell();
    if (first.finishedAtMs === null) this.#pollLater();
  }

  #hear(record: JobRecord): void {
    if (record.revision <= (this.#newest?.revision ?? -1)) return;
    this.#newest = record;
    if (record.finishedAtMs !== null) this.#tell();
    else this.#cancelTelling ??= this.#options.clock.after(spacingMs, () => this.#tell());
  }

  #tell(): void {
    this.#cancelTelling?.();
    this.#cancelTelling = null;
    const record = this.#newest;
    if (record === null || record.revision === this.#toldRevision) return;
    this.#toldRevision = record.revision;
    this.stream.write(record);
    if (record.finishedAtMs !== null) this.stream.end();
  }

  #pollLater(): void {
    const { clock, read, id } = this.#options;
    this.#cancelPoll = clock.after(pollEveryMs, () => {
      this.#pollLater();
      read(id).then(
        (record) => (record === null ? this.stream.end() : this.#hear(record)),
        () => undefined,
      );
    });
  }
}
