import { connect, type Socket } from 'node:net';
import type { GreetingLimit } from '../driver.ts';
import type { ServerAddress } from '../server-address.ts';

/**
 * The sockets of some connections to one server, opened here instead of by the driver so that they can be cut. The driver's
 * own way to end a busy connection asks the server to, and waits forever if the server is silent.
 */
export class Sockets {
  readonly #address: Pick<ServerAddress, 'host' | 'port'>;
  readonly #limit: GreetingLimit | null;
  readonly #open = new Set<Socket>();

  /** `limit`: how long the server may take to send its greeting, for callers without a limit of their own. */
  constructor(address: Pick<ServerAddress, 'host' | 'port'>, limit: GreetingLimit | null = null) {
    this.#address = address;
    this.#limit = limit;
  }

  /** For the driver's `stream` option. */
  readonly connect = (): Socket => {
    // The driver removes all listeners from a socket that failed, so its end would not be reported.
    for (const socket of this.#open) if (socket.destroyed) this.#open.delete(socket);
    const socket = connect({ host: this.#address.host, port: this.#address.port, noDelay: true });
    this.#open.add(socket);
    if (this.#limit !== null) {
      const cancel = this.#limit.ownClock.after(this.#limit.ms, () =>
        end(socket, 'ETIMEDOUT', 'The server says nothing'),
      );
      socket.once('data', cancel).once('close', cancel);
    }
    return socket;
  };

  /** Cuts all of them immediately; what is running on them fails as a lost connection. */
  cut(): void {
    for (const socket of this.#open) end(socket, 'ECONNRESET', 'The connection was cut on this side');
    this.#open.clear();
  }
}

/** The error is emitted at once, and only if there is a listener: without one it would end the process. */
function end(socket: Socket, code: string, message: string): void {
  if (!socket.destroyed && socket.listenerCount('error') > 0) tell(socket, Object.assign(new Error(message), { code }));
  socket.destroy();
}

/**
 * TLS over the socket passes it on, but has no listener once the driver has heard it from the socket and closed the connection.
 */
function tell(socket: Socket, cause: Error): void {
  try {
    socket.emit('error', cause);
  } catch (thrown) {
    if (thrown !== cause) throw thrown;
  }
}
