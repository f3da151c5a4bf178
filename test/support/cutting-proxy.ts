import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

/** When the connection is cut: before the server gets the statement, or before the client gets the answer. */
export type Cut = 'before' | 'after';

/** A TCP proxy on 127.0.0.1 that loses a connection at one statement of the client's. */
export class CuttingProxy {
  readonly #target: { host: string; port: number };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #armed: { statement: string; cut: Cut; holdMs: number } | null = null;

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(target: { host: string; port: number }): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** Loses the connection that sends `statement` next, `holdMs` after it did; the ones after it pass. */
  cutAt(statement: string, cut: Cut, holdMs = 0): void {
    this.#armed = { statement, cut, holdMs };
  }

  /** Whether the statement to cut at is still to come. */
  get armed(): boolean {
    return this.#armed !== null;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket): void {
    const server = createConnection({ ...this.#target, noDelay: true });
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
    }
    let lost = false;
    server.on('data', (bytes) => lost || client.write(bytes));
    client.on('data', (bytes) => {
      const armed = this.#armed;
      if (armed === null || !bytes.includes(armed.statement)) {
        server.write(bytes);
        return;
      }
      this.#armed = null;
      lost = true;
      if (armed.cut === 'before') setTimeout(() => server.destroy(), armed.holdMs);
      // The client hears of it when the server has answered: by then the statement has run.
      else server.once('data', () => client.destroy()).write(bytes);
    });
  }
}
