import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type AddressList, clientOf, plainAddress } from '../platform/address-list.ts';
import type { Metrics } from '../platform/metrics.ts';
import { Shares } from '../platform/shares.ts';
import type { Refusals } from './refusals.ts';
import { plainError, type Refusal } from './respond.ts';

export type ConnectionLimits = { readonly all: number; readonly perClient: number };

/** Reserved for the process itself: servers, Redis, files, and health checks. */
const reserved = 100;
const defaultMax = 10_000;

const tooManyConnections: Refusal = {
  status: 429,
  code: 'OVERLOADED',
  message: 'Too many connections from you are open. Try again in a second.',
  retryable: true,
  retryAfterMs: 1000,
};

/** Default: what the descriptors of the process leave for clients. `forServers`: connections to the servers behind it. */
export function connectionLimits(
  told: { readonly connections: number | 'auto'; readonly connectionsPerClient: number | 'auto' },
  descriptors: number | null,
  forServers: number,
): ConnectionLimits {
  const left = Math.max((descriptors ?? Number.POSITIVE_INFINITY) - forServers - reserved, 16);
  const all = told.connections === 'auto' ? Math.min(left, defaultMax) : told.connections;
  return { all, perClient: told.connectionsPerClient === 'auto' ? Math.ceil(all / 2) : told.connectionsPerClient };
}

/**
 * Keeps the connections of a server below a limit, with room for the next client: when it gets tight, those idle the longest are
 * closed. Their clients open new ones as needed.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #proxies: AddressList;
  readonly #refusals: Refusals;
  readonly #shares: Shares;
  /** Longest idle first. */
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
      /** They carry requests of many clients. */
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
    metrics.gauge({ name: 'tidemark_http_connections', help: 'Open client connections.', labels: {} }, () => [
      { labels: {}, value: this.#shares.count },
    ]);
  }

  /** A request arrived on it. Called again with `false` when its answer is complete. */
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

  /** Idle for long, as far as known: data that arrived unseen is read before the next `immediate`. */
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

  /** New ones arrive before this one is closed, so the target is a little below the limit. */
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
