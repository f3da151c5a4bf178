import { MirrorConnection } from '../database/mirror/mirror-connection.ts';
import { MirrorFaultError } from '../database/mirror/mirror-fault.ts';
import { Outbox } from '../outbox/outbox.ts';
import type { Clock } from '../platform/clock.ts';
import type { ServerAddress } from '../servers/server-address.ts';

/** The current source: where records are read, and where their outbox is. */
export type SourceLink = { readonly connection: MirrorConnection; readonly outbox: Outbox };

/** Follows the source from server to server: a claim is read and settled on the server that it came from. */
export class SourceLinks {
  readonly #current: () => ServerAddress | null;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #links = new Map<string, SourceLink>();

  /** `current` names the server that accepts writes, `null` if none does. */
  constructor(current: () => ServerAddress | null, clock: Clock, timeoutMs: number) {
    this.#current = current;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Throws `MirrorFaultError`. */
  now(): SourceLink {
    const address = this.#current();
    if (address === null) throw new MirrorFaultError('server', 'no server accepts writes');
    const known = this.#links.get(address.name);
    if (known !== undefined) return known;
    const connection = new MirrorConnection(address, this.#clock);
    const link = { connection, outbox: new Outbox(connection.onSource(this.#timeoutMs)) };
    this.#links.set(address.name, link);
    return link;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links.values()].map(({ connection }) => connection.close()));
  }
}
