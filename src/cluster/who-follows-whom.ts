/**
 * Which known server replicates which. Pure. A channel names its source by the id that the source reported; until it was connected
 * once there is only the configured address, which may differ from ours for the same server.
 */
import { type Channel, isLive } from './channel.ts';

export type Address = { readonly host: string; readonly port: number };

export type Following = {
  readonly name: string;
  /** Its id for its replicas; `null` until it was seen. */
  readonly id: string | null;
  /** Its address. */
  readonly addresses: readonly Address[];
  readonly channels: readonly Channel[];
};

/** The server that a channel leads to; `null` if it is none of these. */
export function sourceOfChannel<T extends Following>(channel: Channel, servers: readonly T[]): T | null {
  const named = servers.filter(({ id }) => id !== null && id === channel.sourceId);
  if (named.length === 1) return named[0] ?? null;
  const found = servers.filter(({ addresses }) => addresses.some((address) => isSame(address, channel)));
  // Another server may be behind the configured address.
  return found.find(({ id }) => id === null || channel.sourceId === null || named.length > 1) ?? null;
}

function isSame(a: Address, b: Address): boolean {
  return a.port === b.port && plain(a.host) === plain(b.host);
}

const plain = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host.toLowerCase());

export type Upstream<T> = {
  /** All servers whose writes reach it, over however many hops; including itself, in a ring. */
  readonly servers: ReadonlySet<T>;
  /** Channels among these whose source is unknown. */
  readonly unknown: readonly Channel[];
};

export function upstreamOf<T extends Following>(server: T, servers: readonly T[]): Upstream<T> {
  const found = new Set<T>();
  const unknown: Channel[] = [];
  const pending: T[] = [server];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const channel of next.channels.filter(isLive)) {
      const source = sourceOfChannel(channel, servers);
      if (source === null) unknown.push(channel);
      else if (!found.has(source)) {
        found.add(source);
        pending.push(source);
      }
    }
  }
  return { servers: found, unknown };
}
