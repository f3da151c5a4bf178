import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../../servers/connection.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { ServerConnection } from '../../servers/server-connection.ts';
import { mirrorFault } from './mirror-fault.ts';

const setup =
  "SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO', innodb_lock_wait_timeout = 3";

/** One connection for mirroring, opened when needed and again when lost. Its faults are `MirrorFaultError`s. */
export class MirrorConnection {
  readonly name: string;
  readonly #connection: ServerConnection;
  readonly #ready = new WeakSet<Connection>();

  constructor(address: ServerAddress, clock: Clock) {
    this.name = address.name;
    this.#connection = new ServerConnection(address, clock, () => undefined);
  }

  async use<T>(timeoutMs: number, work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await this.#connection.use(timeoutMs, async (connection) => {
        if (!this.#ready.has(connection)) await connection.query(setup);
        this.#ready.add(connection);
        return work(connection);
      });
    } catch (error) {
      throw mirrorFault(this.name, error);
    }
  }

  /** All of `work` or nothing of it. */
  transaction<T>(
    timeoutMs: number,
    begin: readonly string[],
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    return this.use(timeoutMs, async (connection) => {
      for (const statement of begin) await connection.query(statement);
      try {
        const value = await work(connection);
        await connection.query('COMMIT');
        return value;
      } catch (error) {
        await connection.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

/** What is read belongs to one moment. */
export const snapshotRead: readonly string[] = [
  'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  'START TRANSACTION WITH CONSISTENT SNAPSHOT',
];
/** Each statement sees what was committed before it, and locks no gaps. */
export const freshWrite: readonly string[] = ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'START TRANSACTION'];
