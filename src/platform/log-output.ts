/**
 * The sink of log lines. Callers never wait: lines are written in the background from a bounded buffer, and those that do not fit are
 * counted. So a full disk, or a pipe that is not read, costs lines and nothing else.
 */
import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import type { Clock } from './clock.ts';

type Done = (error: NodeJS.ErrnoException | null, written: number) => void;
type Place = { readonly fd: number; readonly write: (chunk: Buffer, done: Done) => void };

const maxWaitingBytes = 1024 * 1024;
const chunkBytes = 64 * 1024;
/** Retry intervals after a refused write: shorter for a slow reader than for a full disk. */
const pauseMs = { busy: 20, broken: 1000 } as const;

export class LogOutput {
  readonly #clock: Clock;
  readonly #open: () => Place;
  #place: Place | null = null;
  readonly #onRecovered: (lost: number) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing = false;
  #lost = 0;
  #told = 0;
  #pausing: AbortController | null = null;
  #idle: (() => void)[] = [];
  #closed = false;

  /** `onRecovered` is called when lines are written again, with the number of lines lost since its last call. */
  constructor(fd: number, clock: Clock, onRecovered: (lost: number) => void) {
    // Opened on first use, because most logs in tests stay empty.
    this.#open = () => {
      process.once('exit', this.#onExit);
      return openPlace(fd);
    };
    this.#clock = clock;
    this.#onRecovered = onRecovered;
  }

  /** Number of lines that were lost. */
  get lost(): number {
    return this.#lost;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.length > maxWaitingBytes) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#closed) this.#onExit();
    else this.#pump();
  }

  /** Resolves when the buffer is written, or after a time limit; from then on lines are written synchronously. */
  async close(withinMs: number): Promise<void> {
    this.#resume();
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(withinMs, resolve);
      this.#idle.push(() => {
        cancel();
        resolve();
      });
      if (!this.#writing && this.#waiting.length === 0) this.#tellIdle();
    });
    this.#closed = true;
    process.off('exit', this.#onExit);
    this.#pausing?.abort();
    this.#pausing = null;
  }

  /** At the end of the process: writes what can be written without waiting. */
  readonly #onExit = (): void => {
    // A write in flight completes on its own.
    if (this.#writing) this.#waiting.shift();
    try {
      while (this.#waiting.length > 0) {
        this.#place ??= this.#open();
        this.#took(writeSync(this.#place.fd, this.#nextChunk()));
      }
    } catch {
      // What is not accepted now is lost.
    }
  };

  #pump(): void {
    if (this.#writing || this.#pausing !== null || this.#waiting.length === 0) return;
    this.#writing = true;
    this.#place ??= this.#open();
    this.#place.write(this.#nextChunk(), (error, written) => {
      this.#writing = false;
      if (error !== null) return this.#pause(error);
      this.#took(written);
      const lost = this.#lost - this.#told;
      // Half of the buffer is free again: otherwise this line would be lost as well.
      if (lost > 0 && this.#waitingBytes < maxWaitingBytes / 2) {
        this.#told = this.#lost;
        this.#onRecovered(lost);
      }
      if (this.#waiting.length === 0) this.#tellIdle();
      else this.#pump();
    });
  }

  #pause(error: NodeJS.ErrnoException): void {
    if (this.#closed) return;
    const pausing = new AbortController();
    this.#pausing = pausing;
    const ms = error.code === 'EAGAIN' ? pauseMs.busy : pauseMs.broken;
    // Must not keep the process alive.
    this.#clock.sleep(ms, { signal: pausing.signal, unref: true }).then(
      () => this.#resume(),
      () => undefined,
    );
  }

  #resume(): void {
    this.#pausing?.abort();
    this.#pausing = null;
    this.#pump();
  }

  #nextChunk(): Buffer {
    const [first = Buffer.alloc(0), ...rest] = this.#waiting;
    if (rest.length === 0 || first.length >= chunkBytes) return first;
    let count = 0;
    for (let bytes = 0; count < this.#waiting.length && bytes < chunkBytes; count += 1) {
      bytes += this.#waiting[count]?.length ?? 0;
    }
    const chunk = Buffer.concat(this.#waiting.slice(0, count));
    this.#waiting.splice(0, count, chunk);
    return chunk;
  }

  #took(written: number): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#waitingBytes -= written;
    if (written >= first.length) this.#waiting.shift();
    else this.#waiting[0] = first.subarray(written);
  }

  #tellIdle(): void {
    for (const tell of this.#idle.splice(0)) tell();
  }
}

/**
 * A non-blocking destination. A full pipe or a paused terminal would block, so they are reopened for our own use. A file does not block,
 * and is not reopened, because that would lose its position.
 */
function openPlace(fd: number): Place {
  const stats = fstatSync(fd);
  if (stats.isSocket() && fd === process.stdout.fd) return throughStandardOutput();
  const own = stats.isFIFO() || stats.isCharacterDevice() ? openAgain(fd) : fd;
  return { fd: own, write: (chunk, done) => write(own, chunk, 0, chunk.length, null, done) };
}

function openAgain(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    // Not available everywhere. One write in the background may then hang.
    return fd;
  }
}

/** Sockets cannot be reopened. Node makes those of standard output blocking; the underlying handle can write without blocking. */
function throughStandardOutput(): Place {
  const stream = process.stdout;
  // It is Node's own, and not in its types.
  const { _handle: handle } = stream as unknown as { _handle?: { setBlocking?(blocks: boolean): void } };
  handle?.setBlocking?.(false);
  return {
    fd: stream.fd,
    write: (chunk, done) => {
      stream.write(chunk, (error) => done(error ?? null, error ? 0 : chunk.length));
    },
  };
}
