import type { MemberFacts, SourceAddress } from '../../cluster/failover/member.ts';
import type { NodeControl, ReplicationAccount } from '../../cluster/failover/node-control.ts';
import type { EpochRecord } from '../../consistency/epoch.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../../servers/connection.ts';
import { openDirectConnection } from '../../servers/direct-connection.ts';
import type { ServerControl } from '../../servers/flavour.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { ServerConnection } from '../../servers/server-connection.ts';
import { urlOf } from '../../servers/server-url.ts';

/** A server that does not answer a probe in this time counts as unreachable. */
const probeTimeoutMs = 1000;
/** Writes that run, and threads that stop, may take a while. */
const statementTimeoutMs = 8000;
/** While rows are copied, a server that is silent for so long is given up. */
const copyConnections = { connectTimeoutMs: 5000, silenceMs: 60_000 } as const;

/** One server in the hands of its administrator, over one connection. */
export class SqlNodeControl implements NodeControl {
  readonly #address: ServerAddress;
  readonly #connection: ServerConnection;

  /** `address` holds the administrator's account. */
  constructor(address: ServerAddress, clock: Clock) {
    this.#address = address;
    this.#connection = new ServerConnection(address, clock, () => undefined);
  }

  probe(): Promise<MemberFacts> {
    return this.#use(async (connection, control) => {
      const { reported, ...facts } = await control.probe(connection);
      const { host, port, tls } = this.#address;
      const { byStatements: abilities } = flavourOf(connection).capabilities;
      return { ...facts, abilities, address: { ...(reported ?? { host, port }), encrypted: tls !== null } };
    }, probeTimeoutMs);
  }

  refuseWrites(): Promise<void> {
    return this.#use((connection, control) => control.refuseWrites(connection));
  }

  acceptWrites(): Promise<void> {
    return this.#use((connection, control) => control.acceptWrites(connection));
  }

  stopReceiving(): Promise<void> {
    return this.#use((connection, control) => control.stopReceiving(connection));
  }

  startApplying(): Promise<void> {
    return this.#use((connection, control) => control.startApplying(connection));
  }

  stopReplicating(options: { forget: boolean }): Promise<void> {
    return this.#use((connection, control) => control.stopReplicating(connection, options));
  }

  follow({ host, port, encrypted = false }: SourceAddress, account: ReplicationAccount | null): Promise<void> {
    return this.#use((connection, control) => control.follow(connection, { host, port, account, encrypted }));
  }

  async copyFrom(source: NodeControl, onTable: (table: string, rows: number) => void): Promise<void> {
    if (!(source instanceof SqlNodeControl)) throw new Error('can only be copied from a server');
    await this.refuseWrites();
    await this.stopReplicating({ forget: true });
    const reading = await openDirectConnection(urlOf(source.#address), copyConnections);
    try {
      const writing = await openDirectConnection(urlOf(this.#address), copyConnections);
      try {
        await flavourOf(writing).control.copy({
          source: reading,
          target: writing,
          database: this.#address.database,
          positionOfSource: async () => (await source.probe()).position,
          onTable,
        });
      } finally {
        await writing.end();
      }
    } finally {
      await reading.end();
    }
    await this.refuseWrites();
  }

  /** Why this server's data cannot be copied; empty if it can. */
  copyObstacles(): Promise<string[]> {
    return this.#use((connection, control) => control.copyObstacles(connection, this.#address.database));
  }

  recordEpoch(record: EpochRecord): Promise<void> {
    return this.#use((connection, control) => control.recordEpoch(connection, record));
  }

  /** Whether the server still has every transaction since its first. */
  hasAllTransactions(): Promise<boolean> {
    return this.#use((connection, control) => control.hasAllTransactions(connection));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #use<T>(
    work: (connection: Connection, control: ServerControl) => Promise<T>,
    timeoutMs = statementTimeoutMs,
  ): Promise<T> {
    return this.#connection.use(timeoutMs, (connection) => work(connection, flavourOf(connection).control));
  }
}
