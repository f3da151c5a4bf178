import type { AddressInfo } from 'node:net';
import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on 127.0.0.1 that holds back what comes from its target, and can cut what goes through it. */
export class DelayProxy {
  readonly #target: { host: string; port: number };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #delayMs: number;
  #cut = false;

  private constructor(target: { host: string; port: number }, delayMs: number) {
    this.#target = target;
    this.#delayMs = delayMs;
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(target: { host: string; port: number }, delayMs = 0): Promise<DelayProxy> {
    const proxy = new DelayProxy(target, delayMs);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** Of bytes that arrive from now on; what is under way keeps its order. */
  set delayMs(ms: number) {
    this.#delayMs = ms;
  }

  /** Drops every connection and refuses new ones until `mend`. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket): void {
    if (this.#cut) {
      client.destroy();
      return;
    }
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
    client.on('data', (bytes) => server.write(bytes));
    this.#holdBack(server, client);
  }

  #holdBack(from: Socket, to: Socket): void {
    let lastDueMs = 0;
    from.on('data', (bytes) => {
      // Never before what came earlier, also when the delay was just shortened.
      lastDueMs = Math.max(performance.now() + this.#delayMs, lastDueMs);
      const waitMs = lastDueMs - performance.now();
      if (waitMs <= 0) to.write(bytes);
      else setTimeout(() => to.writable && to.write(bytes), waitMs);
    });
  }
}
