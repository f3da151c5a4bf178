/**
 * Makes replicas late on purpose: stops what applies the changes of the source, or has it wait. Who is a replica is asked of
 * the server itself, since a promotion may have moved the roles.
 *
 * A member of a replication group whose applier is stopped leaves its group; one that may not commit what it applies only
 * falls behind, for as long as the connection lives that holds it up.
 */
import type { Connection } from 'mariadb';
import type { Clock } from '../../platform/clock.ts';
import { within } from '../../platform/deadline.ts';
import type { Account } from '../directory/secrets.ts';
import { replicationWords } from '../replication/replication.ts';
import { connectTo, type ServerAddress } from '../server-connection.ts';
import type { ServerFlavour, Topology } from '../server-flavour.ts';

export type ApplierLook = {
  /** Refuses writes. */
  readonly readOnly: boolean;
  /** Whether it applies what it receives; `null` when it replicates from nobody. */
  readonly applying: boolean | null;
  /** Whole seconds that it waits on purpose; `null` for one that cannot be made to. */
  readonly delayS: number | null;
};

export type AppliersOptions = {
  readonly flavour: ServerFlavour;
  readonly topology: Topology;
  readonly account: Account;
  readonly clock: Clock;
  readonly connect?: (server: ServerAddress, account: Account) => Promise<ApplierConnection>;
};

export type ApplierConnection = Pick<Connection, 'query' | 'on' | 'end' | 'destroy'>;

const words = {
  mariadb: {
    stopApplier: 'STOP SLAVE SQL_THREAD',
    startApplier: 'START SLAVE SQL_THREAD',
    stop: 'STOP SLAVE',
    start: 'START SLAVE',
    delay: 'CHANGE MASTER TO MASTER_DELAY',
  },
  mysql: {
    stopApplier: 'STOP REPLICA SQL_THREAD',
    startApplier: 'START REPLICA SQL_THREAD',
    stop: 'STOP REPLICA',
    start: 'START REPLICA',
    delay: 'CHANGE REPLICATION SOURCE TO SOURCE_DELAY',
  },
} as const;

const lookTimeoutMs = 1000;
const changeTimeoutMs = 20_000;

export class Appliers {
  readonly #options: AppliersOptions;
  /** Connections that keep members of a group from committing what they apply, by port. */
  readonly #held = new Map<number, ApplierConnection>();

  constructor(options: AppliersOptions) {
    this.#options = options;
  }

  /** Rejects when the server does not answer within a second. */
  look(server: ServerAddress): Promise<ApplierLook> {
    return this.#on(server, lookTimeoutMs, async (connection) => {
      const [settings] = await connection.query<{ readOnly: number | string }[]>(
        'SELECT @@GLOBAL.read_only AS readOnly',
      );
      const readOnly = !['0', 'OFF'].includes(String(settings?.readOnly));
      if (this.#options.topology === 'group') {
        return { readOnly, applying: readOnly ? !this.#held.has(server.port) : null, delayS: null };
      }
      const { status, applying } = replicationWords[this.#options.flavour];
      const [row] = await connection.query<Record<string, unknown>[]>(status);
      if (row === undefined) return { readOnly, applying: null, delayS: null };
      return { readOnly, applying: row[applying] === 'Yes', delayS: Number(row.SQL_Delay ?? 0) };
    });
  }

  async stop(server: ServerAddress): Promise<void> {
    if (this.#options.topology !== 'group') return this.#run(server, [this.#words.stopApplier]);
    if (this.#held.has(server.port)) return;
    const connection = await this.#connect(server);
    // The server may be killed meanwhile: that must not end this process.
    connection.on('error', () => this.#held.delete(server.port));
    this.#held.set(server.port, connection);
    await connection.query('FLUSH TABLES WITH READ LOCK');
  }

  async start(server: ServerAddress): Promise<void> {
    if (this.#options.topology !== 'group') return this.#run(server, [this.#words.startApplier]);
    const connection = this.#held.get(server.port);
    this.#held.delete(server.port);
    // Its orderly end says that the lock is gone.
    await connection?.end().catch(() => connection.destroy());
  }

  /** The replica applies what it receives, but each change that many whole seconds after the source made it. */
  delay(server: ServerAddress, seconds: number): Promise<void> {
    const { stop, delay, start } = this.#words;
    // MariaDB changes the delay only while nothing of the replication runs.
    return this.#run(server, [stop, `${delay} = ${Math.trunc(seconds)}`, start]);
  }

  /** Lets go of what is held up. What was told to servers stays as it is. */
  close(): void {
    for (const connection of this.#held.values()) connection.destroy();
    this.#held.clear();
  }

  #connect(server: ServerAddress): Promise<ApplierConnection> {
    const { account, connect = connectTo } = this.#options;
    return connect(server, account);
  }

  get #words() {
    return words[this.#options.flavour];
  }

  async #run(server: ServerAddress, statements: readonly string[]): Promise<void> {
    await this.#on(server, changeTimeoutMs, async (connection) => {
      for (const statement of statements) await connection.query(statement);
    });
  }

  async #on<T>(server: ServerAddress, ms: number, work: (connection: ApplierConnection) => Promise<T>): Promise<T> {
    const connecting = this.#connect(server);
    try {
      return await within(connecting.then(work), ms, this.#options.clock);
    } finally {
      // Also one that comes too late: it is nobody's.
      void connecting.then(
        (connection) => connection.destroy(),
        () => undefined,
      );
    }
  }
}
