import type { Socket } from 'node:net';
import { type Address, TcpProxy } from './tcp-proxy.ts';

/** Holds back what comes from its target, and can cut what goes through it. */
export class DelayProxy extends TcpProxy {
  #delayMs = 0;
  #cut = false;

  static start(target: Address, delayMs = 0): Promise<DelayProxy> {
    const proxy = new DelayProxy(() => target);
    proxy.delayMs = delayMs;
    return proxy.listen();
  }

  /** Of bytes that arrive from now on; what is under way keeps its order. */
  set delayMs(ms: number) {
    this.#delayMs = ms;
  }

  /** Drops every connection and refuses new ones until `mend`. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  protected override refuses(): boolean {
    return this.#cut;
  }

  protected override carry(client: Socket, server: Socket): void {
    client.on('data', (bytes) => server.write(bytes));
    let lastDueMs = 0;
    server.on('data', (bytes) => {
      // Never before what came earlier, also when the delay was just shortened.
      lastDueMs = Math.max(performance.now() + this.#delayMs, lastDueMs);
      const waitMs = lastDueMs - performance.now();
      if (waitMs <= 0) client.write(bytes);
      else setTimeout(() => client.writable && client.write(bytes), waitMs);
    });
  }
}
