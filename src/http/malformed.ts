import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../platform/clock.ts';
import type { OwnPace } from './own-pace.ts';
import type { RefusalReason, Refusals } from './refusals.ts';
import { plainError, type Refusal, respondRefusal } from './respond.ts';

const badRequest: Refusal = { status: 400, code: 'BAD_REQUEST', message: 'Malformed HTTP request.' };
const tooLate: Refusal = {
  status: 408,
  code: 'REQUEST_TIMEOUT',
  message: 'The request did not arrive in time. It was not processed.',
  retryable: true,
};
const refusalByFault: Readonly<Record<string, readonly [Refusal, RefusalReason]>> = {
  HPE_HEADER_OVERFLOW: [
    { status: 431, code: 'HEADERS_TOO_LARGE', message: 'The headers are too large.' },
    'headers_too_large',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [
    { status: 413, code: 'REQUEST_TOO_LARGE', message: 'The extensions of a chunk are too large.' },
    'malformed',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [tooLate, 'timeout'],
};

/** Gives clients time to finish sending: closing at once would lose the response on its way. */
const lingerMs = 2000;

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly number: number };

/** Requests that are not valid HTTP, and those that never end. */
export class Malformed {
  readonly #clock: Clock;
  readonly #pace: OwnPace;
  readonly #refusals: Refusals;
  readonly #maxMs: number;
  readonly #latest = new WeakMap<Socket, Exchange>();
  readonly #refused = new WeakSet<Socket>();

  /** `maxMs`: maximum time for a request to arrive. */
  constructor(services: { clock: Clock; pace: OwnPace; refusals: Refusals; maxMs: number }) {
    this.#clock = services.clock;
    this.#pace = services.pace;
    this.#refusals = services.refusals;
    this.#maxMs = services.maxMs;
  }

  /** Its head has arrived. */
  began(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    this.#latest.set(socket, { request, response, number: (this.#latest.get(socket)?.number ?? 0) + 1 });
  }

  refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    const { code = '' } = error;
    // What follows it on the connection is broken as well.
    if (this.#refused.has(socket)) return;
    if (code === 'ECONNRESET') socket.destroy();
    else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') void this.#unlessArrived(socket);
    else this.#refuse(socket, refusalByFault[code] ?? [badRequest, 'malformed']);
  }

  /**
   * Timed out by the clock. Data may have arrived unread, because timers run before sockets are read. And while the process did not
   * run it did not read, so the client gets that time again.
   */
  async #unlessArrived(socket: Socket): Promise<void> {
    const before = this.#latest.get(socket);
    await this.#pace.live(this.#pace.lateWithin(this.#maxMs));
    if (!socket.destroyed && !hasArrived(before, this.#latest.get(socket))) this.#refuse(socket, [tooLate, 'timeout']);
  }

  #refuse(socket: Socket, [refusal, reason]: readonly [Refusal, RefusalReason]): void {
    this.#refused.add(socket);
    this.#refusals.count(reason, { client: socket.remoteAddress });
    const latest = this.#latest.get(socket);
    if (latest?.request.complete === false) {
      // Its head has arrived: the response belongs to this request, after those of earlier ones.
      if (latest.response.headersSent) socket.destroy();
      else respondRefusal(latest.response, refusal);
    } else if (latest === undefined || latest.response.closed) this.#end(socket, refusal);
    // A client that still waits for an earlier response would take this one for it.
    else latest.response.once('close', () => this.#end(socket, refusal));
  }

  #end(socket: Socket, refusal: Refusal): void {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(plainError(refusal));
    socket.once(
      'close',
      this.#clock.after(lingerMs, () => socket.destroy()),
    );
  }
}

/** `before`: the last request of the connection at the timeout; the late one was this one or the next. */
function hasArrived(before: Exchange | undefined, latest: Exchange | undefined): boolean {
  if (latest === undefined) return false;
  const wasBegun = before !== undefined && !before.request.complete;
  const late = (before?.number ?? 0) + (wasBegun ? 0 : 1);
  return latest.number > late || (latest.number === late && latest.request.complete);
}
