import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../../servers/connection.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { MirrorSide, TransactionView } from '../../servers/mirror-side.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { ServerConnection } from '../../servers/server-connection.ts';
import type { OnSource } from '../nodes/on-source.ts';
import { MirrorFaultError, mirrorFault } from './mirror-fault.ts';

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
        if (!this.#ready.has(connection)) await sideOf(connection).prepare(connection);
        this.#ready.add(connection);
        return work(connection);
      });
    } catch (error) {
      throw mirrorFault(this.name, error);
    }
  }

  /** All of `work` or nothing of it. */
  transaction<T>(timeoutMs: number, view: TransactionView, work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.use(timeoutMs, async (connection) => {
      await sideOf(connection).begin(connection, view);
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

  /** For the outbox, if this is the source. */
  onSource(timeoutMs: number): OnSource {
    return (work) => this.use(timeoutMs, (connection) => work(connection, flavourOf(connection)));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

/** What the mirror may ask of the server at the other end. */
export function sideOf(connection: Connection): MirrorSide {
  const { name, mirrorSide } = flavourOf(connection);
  if (mirrorSide === null) throw new MirrorFaultError('server', `is a server of a kind that is not mirrored (${name})`);
  return mirrorSide;
}
