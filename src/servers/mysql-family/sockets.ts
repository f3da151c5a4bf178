import { connect, type Socket } from 'node:net';
import type { GreetingLimit } from '../driver.ts';
import type { ServerAddress } from '../server-address.ts';

/**
 * The sockets of some connections to one server, opened here instead of by the driver so that they can be cut. The driver's
 * own way to end a busy connection asks the server to, and waits for ever for one that is silent.
 */
export class Sockets {
  readonly #address: Pick<ServerAddress, 'host' | 'port'>;
  readonly #limit: GreetingLimit | null;
  readonly #open = new Set<Socket>();

  /** Whoever has no limit of his own for how long a server may take to say its first word is given one. */
  constructor(address: Pick<ServerAddress, 'host' | 'port'>, limit: GreetingLimit | null = null) {
    this.#address = address;
    this.#limit = limit;
  }

  /** For the driver's `stream` option. */
  readonly connect = (): Socket => {
    // The driver takes all listeners off a socket that failed, so nobody would tell of its end.
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

  /** Ends all of them at once; what was under way on them fails as a lost connection. */
  cut(): void {
    for (const socket of this.#open) end(socket, 'ECONNRESET', 'The connection was cut on this side');
    this.#open.clear();
  }
}

/** Told at once and only to somebody: an error event that nobody listens to would end the process. */
function end(socket: Socket, code: string, message: string): void {
  if (!socket.destroyed && socket.listenerCount('error') > 0) tell(socket, Object.assign(new Error(message), { code }));
  socket.destroy();
}

/** TLS over the socket passes it on, to nobody once the driver has heard it from the socket and has ended the connection. */
function tell(socket: Socket, cause: Error): void {
  try {
    socket.emit('error', cause);
  } catch (thrown) {
    if (thrown !== cause) throw thrown;
  }
}
