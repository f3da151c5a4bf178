/**
 * Makes replicas late on purpose: stops the applier, or delays it. Each server is asked for its own role, since a promotion
 * may have moved the roles.
 *
 * A member of a replication group whose applier is stopped leaves its group. A member that is kept from committing what it
 * applies only falls behind, as long as the connection that blocks it is open.
 */
import type { Clock } from '../../platform/clock.ts';
import { within } from '../../platform/deadline.ts';
import type { Connection } from '../../servers/connection.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { LocalServers } from '../../servers/local-servers.ts';
import type { Account } from '../directory/secrets.ts';
import { localServers } from '../programs/known-programs.ts';
import { connectTo, type ServerAddress, type ServerPlace } from '../server-connection.ts';
import type { ServerFlavour, Topology } from '../server-flavour.ts';

export type ApplierFacts = {
  /** Whether it refuses writes. */
  readonly readOnly: boolean;
  /** Whether it applies what it receives; `null` if it is not a replica. */
  readonly applying: boolean | null;
  /** The configured delay in whole seconds; `null` if it cannot be delayed. */
  readonly delayS: number | null;
};

export type AppliersOptions = {
  readonly flavour: ServerFlavour;
  readonly topology: Topology;
  readonly account: Account;
  readonly clock: Clock;
  readonly connect?: (server: ServerPlace, account: Account) => Promise<Connection>;
};

const probeTimeoutMs = 1000;
const changeTimeoutMs = 20_000;

export class Appliers {
  readonly #options: AppliersOptions;
  /** Connections that keep members of a group from committing what they apply, by port. */
  readonly #held = new Map<number, Connection>();

  constructor(options: AppliersOptions) {
    this.#options = options;
  }

  /** Rejects if the server does not answer within a second. */
  readState(server: ServerAddress): Promise<ApplierFacts> {
    return this.#on(server, probeTimeoutMs, async (connection) => {
      const { readOnly, receiver, applier, delayMs = 0 } = await flavourOf(connection).control.probe(connection);
      if (this.#options.topology === 'group') {
        return { readOnly, applying: readOnly ? !this.#held.has(server.port) : null, delayS: null };
      }
      if (receiver === 'NONE') return { readOnly, applying: null, delayS: null };
      return { readOnly, applying: applier === 'RUNNING', delayS: Math.trunc(delayMs / 1000) };
    });
  }

  async stop(server: ServerAddress): Promise<void> {
    const { group, stopApplying } = this.#servers;
    if (this.#options.topology !== 'group' || group === null) return this.#run(server, stopApplying);
    if (this.#held.has(server.port)) return;
    const connection = await this.#connect(server);
    // The server may be killed meanwhile: that must not end this process.
    connection.on('error', () => this.#held.delete(server.port));
    this.#held.set(server.port, connection);
    await group.hold(connection);
  }

  async start(server: ServerAddress): Promise<void> {
    if (this.#options.topology !== 'group') {
      return this.#run(server, (open) => flavourOf(open).control.startApplying(open));
    }
    const connection = this.#held.get(server.port);
    this.#held.delete(server.port);
    // Once it has closed, the lock is released.
    await connection?.end().catch(() => connection.destroy());
  }

  /** The replica applies what it receives, but each change this many whole seconds after the source made it. */
  delay(server: ServerAddress, seconds: number): Promise<void> {
    return this.#run(server, (open) => this.#servers.delay(open, seconds));
  }

  /** Closes the connections that block members. Settings of the servers stay as they are. */
  close(): void {
    for (const connection of this.#held.values()) connection.destroy();
    this.#held.clear();
  }

  #connect(server: ServerAddress): Promise<Connection> {
    const { account, connect = connectTo } = this.#options;
    return connect({ ...server, flavour: this.#options.flavour }, account);
  }

  get #servers(): LocalServers {
    return localServers(this.#options.flavour);
  }

  #run(server: ServerAddress, change: (connection: Connection) => Promise<void>): Promise<void> {
    return this.#on(server, changeTimeoutMs, change);
  }

  async #on<T>(server: ServerAddress, ms: number, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connecting = this.#connect(server);
    try {
      return await within(connecting.then(work), ms, this.#options.clock);
    } finally {
      // Also closes one that is opened too late.
      void connecting.then(
        (connection) => connection.destroy(),
        () => undefined,
      );
    }
  }
}
