import type { Socket } from 'node:net';
import { type Address, TcpProxy } from '../support/tcp-proxy.ts';

/** Can fall silent: nothing passes and nothing is refused, as when a network is cut. */
export class PartitionProxy extends TcpProxy {
  #silent = false;

  /** The target is asked for with each connection: a server that was started again may have another port. */
  static start(target: () => Address): Promise<PartitionProxy> {
    return new PartitionProxy(target).listen();
  }

  cut(): void {
    this.#silent = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** What was held back arrives now, as a network that sends again what was lost. */
  mend(): void {
    this.#silent = false;
    for (const socket of this.sockets) socket.resume();
  }

  protected override carry(client: Socket, server: Socket): void {
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('data', (bytes) => other.writable && other.write(bytes));
      if (this.#silent) socket.pause();
    }
  }
}
