import { Socket } from 'node:net';
import type { GreetingLimit } from '../driver.ts';

/**
 * The sockets of some connections to one server, made here instead of by the driver so that they can be cut: the driver's own way
 * to end a busy connection waits for the server.
 */
export class Sockets {
  readonly #limit: GreetingLimit | null;
  readonly #open = new Set<Socket>();

  /** `limit`: how long the server may take to send its first bytes, for callers without a limit of their own. */
  constructor(limit: GreetingLimit | null = null) {
    this.#limit = limit;
  }

  /** For the driver's `stream` option: it connects the socket itself. */
  readonly make = (): Socket => {
    const socket = new Socket();
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    if (this.#limit !== null) {
      const silent = () => socket.destroy(Object.assign(new Error('The server says nothing'), { code: 'ETIMEDOUT' }));
      const cancel = this.#limit.ownClock.after(this.#limit.ms, silent);
      socket.once('data', cancel).once('close', cancel);
    }
    return socket;
  };

  /** Cuts all of them immediately; what is running on them fails as a lost connection. */
  cut(): void {
    for (const socket of this.#open) {
      socket.destroy(Object.assign(new Error('The connection was cut on this side'), { code: 'ECONNRESET' }));
    }
    this.#open.clear();
  }
}
