import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type AddressList, clientOf, plainAddress } from '../platform/address-list.ts';
import type { Metrics } from '../platform/metrics.ts';
import { Shares } from '../platform/shares.ts';
import type { Refusals } from './refusals.ts';
import { plainError, type Refusal } from './respond.ts';

export type ConnectionLimits = { readonly all: number; readonly perClient: number };

/** What the process needs for itself: servers, Redis, files, and somebody who asks how it is. */
const reserved = 100;
const mostUnlessTold = 10_000;

const tooManyConnections: Refusal = {
  status: 429,
  code: 'OVERLOADED',
  message: 'Too many connections from you are open. Try again in a second.',
  retryable: true,
  retryAfterMs: 1000,
};

/** What the descriptors of the process leave for clients, unless told. `forServers`: connections to the servers behind it. */
export function connectionLimits(
  told: { readonly connections: number | 'auto'; readonly connectionsPerClient: number | 'auto' },
  descriptors: number | null,
  forServers: number,
): ConnectionLimits {
  const left = Math.max((descriptors ?? Number.POSITIVE_INFINITY) - forServers - reserved, 16);
  const all = told.connections === 'auto' ? Math.min(left, mostUnlessTold) : told.connections;
  return { all, perClient: told.connectionsPerClient === 'auto' ? Math.ceil(all / 2) : told.connectionsPerClient };
}

/**
 * Keeps the connections of a server below a bound, and room for the next client: when it gets narrow, those go first that have
 * had nothing to say for the longest. Clients open another one when they have.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #proxies: AddressList;
  readonly #refusals: Refusals;
  readonly #shares: Shares;
  /** The longest idle first. */
  readonly #idle = new Set<Socket>();
  readonly #answering = new Map<Socket, number>();

  constructor(
    server: Server,
    {
      limits,
      proxies,
      refusals,
      metrics,
    }: {
      limits: ConnectionLimits;
      /** They speak for many. */
      proxies: AddressList;
      refusals: Refusals;
      metrics: Metrics;
    },
  ) {
    this.#limits = limits;
    this.#proxies = proxies;
    this.#refusals = refusals;
    this.#shares = new Shares(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    server.maxConnections = limits.all;
    server.on('connection', (socket: Socket) => this.#onConnection(socket));
    server.on('drop', (dropped?: { remoteAddress?: string }) => {
      refusals.count('connections', { client: dropped?.remoteAddress });
    });
    metrics.gauge(
      { name: 'tidemark_http_connections', help: 'Connections of clients that are open.', labels: {} },
      () => [{ labels: {}, value: this.#shares.count }],
    );
  }

  /** A request came on it. Called once more with `false` when its answer is over. */
  mark(socket: Socket, answering: boolean): void {
    const running = (this.#answering.get(socket) ?? 0) + (answering ? 1 : -1);
    if (running > 0) {
      this.#answering.set(socket, running);
      this.#idle.delete(socket);
      return;
    }
    this.#answering.delete(socket);
    if (!socket.destroyed) this.#idle.add(socket);
  }

  /** Nothing has come on it for long, as far as anybody has looked: what came while nobody did is read before the next `immediate`. */
  closeIfIdle(socket: Socket): void {
    const { bytesRead } = socket;
    setImmediate(() => {
      if (socket.bytesRead === bytesRead && !this.#answering.has(socket)) socket.destroy();
    });
  }

  #onConnection(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    const client = clientOf(address);
    if (!this.#proxies.has(address) && this.#shares.of(client) >= this.#limits.perClient) {
      this.#refusals.count('connections_of_client', { client: address });
      socket.end(plainError(tooManyConnections));
      socket.destroySoon();
      return;
    }
    this.#shares.take(client);
    this.#idle.add(socket);
    socket.once('close', () => {
      this.#shares.giveBack(client);
      this.#idle.delete(socket);
      this.#answering.delete(socket);
    });
    this.#makeRoom(socket);
  }

  /** The next ones come before this one is gone: so a little below the bound. */
  #makeRoom(newest: Socket): void {
    const { all } = this.#limits;
    let tooMany = this.#shares.count - (all - Math.ceil(all / 10));
    for (const socket of this.#idle) {
      if (tooMany <= 0 || socket === newest) return;
      tooMany -= 1;
      this.#idle.delete(socket);
      this.#refusals.count('idle_connection_closed', { client: socket.remoteAddress });
      socket.destroy();
    }
  }
}
