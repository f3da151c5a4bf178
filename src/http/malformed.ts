import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../platform/clock.ts';
import type { OwnPace } from './own-pace.ts';
import type { RefusalReason, Refusals } from './refusals.ts';
import { plainError, type Refusal, respondRefusal } from './respond.ts';

const badRequest: Refusal = { status: 400, code: 'BAD_REQUEST', message: 'This is not HTTP as it should be.' };
const tooLate: Refusal = {
  status: 408,
  code: 'REQUEST_TIMEOUT',
  message: 'The request did not arrive in time. Nothing was done for it.',
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

/** For clients that have more to say: an answer is lost on its way when the connection is cut off behind it. */
const lingerMs = 2000;

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly number: number };

/** Requests that are not even HTTP, and those that do not come to an end. */
export class Malformed {
  readonly #clock: Clock;
  readonly #pace: OwnPace;
  readonly #refusals: Refusals;
  readonly #longestMs: number;
  readonly #latest = new WeakMap<Socket, Exchange>();
  readonly #refused = new WeakSet<Socket>();

  /** `longestMs`: a request may take no longer to arrive. */
  constructor(services: { clock: Clock; pace: OwnPace; refusals: Refusals; longestMs: number }) {
    this.#clock = services.clock;
    this.#pace = services.pace;
    this.#refusals = services.refusals;
    this.#longestMs = services.longestMs;
  }

  /** The head of one has come. */
  began(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    this.#latest.set(socket, { request, response, number: (this.#latest.get(socket)?.number ?? 0) + 1 });
  }

  refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    const { code = '' } = error;
    // What else comes behind it breaks as well.
    if (this.#refused.has(socket)) return;
    if (code === 'ECONNRESET') socket.destroy();
    else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') void this.#unlessArrived(socket);
    else this.#refuse(socket, refusalByFault[code] ?? [badRequest, 'malformed']);
  }

  /**
   * Late by the clock. What has arrived may not have been read: timers come before sockets. And as long as the process did not
   * run, it did not read, so the client gets that time once more.
   */
  async #unlessArrived(socket: Socket): Promise<void> {
    const before = this.#latest.get(socket);
    await this.#pace.live(this.#pace.lateWithin(this.#longestMs));
    if (!socket.destroyed && !hasArrived(before, this.#latest.get(socket))) this.#refuse(socket, [tooLate, 'timeout']);
  }

  #refuse(socket: Socket, [refusal, reason]: readonly [Refusal, RefusalReason]): void {
    this.#refused.add(socket);
    this.#refusals.count(reason, { client: socket.remoteAddress });
    const latest = this.#latest.get(socket);
    if (latest?.request.complete === false) {
      // Its head has come: the answer is that of the request, behind those of earlier ones.
      if (latest.response.headersSent) socket.destroy();
      else respondRefusal(latest.response, refusal);
    } else if (latest === undefined || latest.response.closed) this.#end(socket, refusal);
    // Whoever still waits for an answer would take this one for it.
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

/** `before`: the last request of the connection when it was late; the one that was late was this one, or the next one. */
function hasArrived(before: Exchange | undefined, latest: Exchange | undefined): boolean {
  if (latest === undefined) return false;
  const wasBegun = before !== undefined && !before.request.complete;
  const late = (before?.number ?? 0) + (wasBegun ? 0 : 1);
  return latest.number > late || (latest.number === late && latest.request.complete);
}
