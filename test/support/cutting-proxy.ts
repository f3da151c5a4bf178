import type { Socket } from 'node:net';
import { type Address, TcpProxy } from './tcp-proxy.ts';

/** When the connection is cut: before the server gets the statement, or before the client gets the answer. */
export type Cut = 'before' | 'after';

/** Loses a connection at one statement of the client's. */
export class CuttingProxy extends TcpProxy {
  #armed: { statement: string; cut: Cut; holdMs: number } | null = null;

  static start(target: Address): Promise<CuttingProxy> {
    return new CuttingProxy(() => target).listen();
  }

  /** Loses the connection that sends `statement` next, `holdMs` after it did; the ones after it pass. */
  cutAt(statement: string, cut: Cut, holdMs = 0): void {
    this.#armed = { statement, cut, holdMs };
  }

  /** Whether the statement to cut at is still to come. */
  get armed(): boolean {
    return this.#armed !== null;
  }

  protected override carry(client: Socket, server: Socket): void {
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
