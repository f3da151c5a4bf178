import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

export type Address = { readonly host: string; readonly port: number };

/** A TCP proxy on 127.0.0.1. What it does to the bytes, its kinds say. */
export abstract class TcpProxy {
  readonly #target: () => Address;
  readonly #server: Server;
  protected readonly sockets = new Set<Socket>();

  protected constructor(target: () => Address) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  /** Carries bytes both ways, or does not. When one socket closes, so does the other. */
  protected abstract carry(client: Socket, server: Socket): void;

  /** Whether new connections are dropped at once. */
  protected refuses(): boolean {
    return false;
  }

  protected async listen(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return this;
  }

  get address(): Address {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket): void {
    if (this.refuses()) {
      client.destroy();
      return;
    }
    const server = createConnection({ ...this.#target(), noDelay: true });
    client.setNoDelay(true);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    this.carry(client, server);
  }
}
