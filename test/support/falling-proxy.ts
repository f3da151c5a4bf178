import type { Socket } from 'node:net';
import { type Address, TcpProxy } from './tcp-proxy.ts';

/**
 * A server that dies slowly: the connection that sends something next is lost, all others fall silent, and new ones are dropped.
 * So whoever asks next hears of a loss long before a probe on another connection does.
 */
export class FallingProxy extends TcpProxy {
  #fallen = false;
  #lost = false;

  static start(target: Address): Promise<FallingProxy> {
    return new FallingProxy(() => target).listen();
  }

  fall(): void {
    this.#fallen = true;
  }

  protected override refuses(): boolean {
    return this.#fallen;
  }

  protected override carry(client: Socket, server: Socket): void {
    server.on('data', (bytes) => this.#fallen || client.write(bytes));
    client.on('data', (bytes) => {
      if (!this.#fallen) {
        server.write(bytes);
      } else if (!this.#lost) {
        this.#lost = true;
        client.destroy();
      }
    });
  }
}
