import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on 127.0.0.1 that can fall silent: nothing passes and nothing is refused, as when a network is cut. */
export class PartitionProxy {
  readonly #target: () => { host: string; port: number };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #silent = false;

  private constructor(target: () => { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(target: () => { host: string; port: number }): Promise<PartitionProxy> {
    const proxy = new PartitionProxy(target);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  cut(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** What was held back arrives now, as a network that sends again what was lost. */
  mend(): void {
    this.#silent = false;
    for (const socket of this.#sockets) socket.resume();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket): void {
    const server = createConnection({ ...this.#target(), noDelay: true });
    client.setNoDelay(true);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.on('data', (bytes) => other.writable && other.write(bytes));
      if (this.#silent) socket.pause();
    }
  }
}
