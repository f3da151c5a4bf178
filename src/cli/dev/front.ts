import { connect, createServer, type Server, type Socket } from 'node:net';
import { listen } from '../../http/listen.ts';

/**
 * The port that people use. It leads to the API that serves now: each has a port of its own, so that the next one is ready
 * before the one before it goes, and no connection is refused between them.
 */
export class Front {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #target: number | null = null;

  constructor() {
    this.#server = createServer((client) => this.#pass(client));
  }

  /** Throws `PortUnavailableError`. */
  start(host: string, port: number): Promise<number> {
    return listen(this.#server, host, port, { orNext: true, setting: 'PORT' });
  }

  /** From now on; connections that are open stay where they are. `null` when nothing serves. */
  lead(port: number | null): void {
    this.#target = port;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #pass(client: Socket): void {
    this.#keep(client);
    if (this.#target === null) {
      nothingServes(client);
      return;
    }
    const api = connect({ host: '127.0.0.1', port: this.#target, noDelay: true });
    this.#keep(api);
    client.setNoDelay(true);
    client.pipe(api).pipe(client);
    api.once('close', () => client.destroy());
    client.once('close', () => api.destroy());
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    // A broken connection is reported by its `close` event, which closes the other side too.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#open.delete(socket));
  }
}

const unbuilt = 'There is no build that could be served. `npm run dev` shows why.\n';

function nothingServes(client: Socket): void {
  const head = ['HTTP/1.1 503 Service Unavailable', 'content-type: text/plain', `content-length: ${unbuilt.length}`];
  client.once('data', () => client.end([...head, 'connection: close', '', unbuilt].join('\r\n')));
}
