import type { Connection } from 'mariadb';
import type { MemberFacts, SourceAddress } from '../../cluster/failover/member.ts';
import type { NodeControl, ReplicationAccount } from '../../cluster/failover/node-control.ts';
import type { EpochRecord } from '../../consistency/epoch.ts';
import type { Clock } from '../../platform/clock.ts';
import { controlStatementsOf } from '../../servers/choose-control.ts';
import { statementsFor } from '../../servers/choose-statements.ts';
import type { ControlStatements } from '../../servers/control-statements.ts';
import { openDirectConnection } from '../../servers/mysql-family/direct-connection.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { rowsOf, ServerConnection } from '../../servers/server-connection.ts';
import { type Row, textOf } from '../../servers/server-statements.ts';
import { urlOf } from '../../servers/server-url.ts';
import { copyObstacles } from './copy-obstacles.ts';
import { insertEpoch, readEpochs } from './epoch-table.ts';
import { copyAfresh } from './fresh-copy.ts';

/** A server that does not answer a look in this time counts as out of reach. */
const lookTimeoutMs = 1000;
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

  look(): Promise<MemberFacts> {
    return this.#use(async (connection, control) => {
      const { flavour, replication } = statementsFor(connection);
      const [look, channels, epochs] = await Promise.all([
        firstRow(connection, control.look),
        connection.query(replication).then(rowsOf),
        readEpochs(connection, flavour),
      ]);
      const reportHost = textOf(look, 'reportHost');
      const { host, port, tls } = this.#address;
      const place = reportHost === '' ? { host, port } : { host: reportHost, port: Number(textOf(look, 'reportPort')) };
      return { ...control.facts(look, channels), epochs, address: { ...place, encrypted: tls !== null } };
    }, lookTimeoutMs);
  }

  refuseWrites(): Promise<void> {
    return this.#use((connection, { refuseWrites }) => runAll(connection, refuseWrites));
  }

  acceptWrites(): Promise<void> {
    return this.#use(async (connection, { acceptWrites, semiSync }) => {
      await setWhereKnown(connection, semiSync.scope, { [semiSync.replica]: false, [semiSync.source]: true });
      await runAll(connection, acceptWrites);
    });
  }

  stopReceiving(): Promise<void> {
    return this.#use((connection, { stopReceiving }) => runAll(connection, [stopReceiving]));
  }

  startApplying(): Promise<void> {
    return this.#use((connection, { startApplying }) => runAll(connection, [startApplying]));
  }

  stopReplicating({ forget: forgets }: { forget: boolean }): Promise<void> {
    return this.#use((connection, { stopReplicating, forget }) =>
      runAll(connection, forgets ? [stopReplicating, forget] : [stopReplicating]),
    );
  }

  follow({ host, port, encrypted = false }: SourceAddress, account: ReplicationAccount | null): Promise<void> {
    return this.#use(async (connection, control) => {
      const before = rowsOf(await connection.query(statementsFor(connection).replication));
      await setWhereKnown(connection, control.semiSync.scope, {
        [control.semiSync.source]: false,
        [control.semiSync.replica]: true,
      });
      const encrypts = encrypted && !before.some((row) => textOf(row, control.encrypted) === 'Yes');
      const begin = before.length === 0 ? control.beginAtOwnPosition : [control.stopReplicating];
      await runAll(connection, [
        ...begin,
        ...control.follow({ host, port, account, encrypts }, (text) => connection.escape(text)),
      ]);
    });
  }

  async copyFrom(source: NodeControl, onTable: (table: string, rows: number) => void): Promise<void> {
    if (!(source instanceof SqlNodeControl)) throw new Error('can only be copied from a server');
    await this.refuseWrites();
    await this.stopReplicating({ forget: true });
    const reading = await openDirectConnection(urlOf(source.#address), copyConnections);
    try {
      const writing = await openDirectConnection(urlOf(this.#address), copyConnections);
      try {
        const control = controlStatementsOf(statementsFor(writing).flavour);
        await runAll(writing, control.admitAdministrator);
        const position = await copyAfresh({
          source: reading,
          target: writing,
          database: this.#address.database,
          positionOfSource: async () => (await source.look()).position,
          onTable,
        });
        const { version } = await this.look();
        await runAll(writing, control.holdOnly(position.line(), version));
      } finally {
        await writing.end();
      }
    } finally {
      await reading.end();
    }
    await this.refuseWrites();
  }

  /** Why nobody can copy from this server; empty when somebody can. */
  copyObstacles(): Promise<string[]> {
    return this.#use((connection) => copyObstacles(connection, this.#address.database));
  }

  recordEpoch(record: EpochRecord): Promise<void> {
    return this.#use(async (connection, { admitAdministrator }) => {
      await runAll(connection, admitAdministrator);
      await insertEpoch(connection, record);
    });
  }

  /** Whether the server still has every transaction since its first. */
  hasAllTransactions(): Promise<boolean> {
    return this.#use(async (connection, { purged }) => textOf(await firstRow(connection, purged), 'purged') === '');
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #use<T>(
    work: (connection: Connection, control: ControlStatements) => Promise<T>,
    timeoutMs = statementTimeoutMs,
  ): Promise<T> {
    return this.#connection.use(timeoutMs, (connection) =>
      work(connection, controlStatementsOf(statementsFor(connection).flavour)),
    );
  }
}

async function runAll(connection: Connection, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.query(statement);
}

/** Switches the variables that this server has, where the cluster uses them at all. */
async function setWhereKnown(
  connection: Connection,
  scope: string,
  switches: Readonly<Record<string, boolean>>,
): Promise<void> {
  const rows = rowsOf(await connection.query("SHOW GLOBAL VARIABLES LIKE 'rpl_semi_sync_%_enabled'"));
  if (!rows.some((row) => textOf(row, 'Value') === 'ON')) return;
  const known = new Set(rows.map((row) => textOf(row, 'Variable_name')));
  for (const [name, on] of Object.entries(switches)) {
    if (known.has(name)) await connection.query(`SET ${scope} ${name} = ${on ? 'ON' : 'OFF'}`);
  }
}

async function firstRow(connection: Connection, sql: string): Promise<Row> {
  return rowsOf(await connection.query(sql))[0] ?? {};
}
