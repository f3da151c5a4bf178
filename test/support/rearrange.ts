import type { Connection } from 'mariadb';
import { caughtUp } from './engine.ts';
import type { TestCluster } from './test-cluster.ts';

const sql = {
  mariadb: {
    status: 'SHOW ALL SLAVES STATUS',
    channel: 'Connection_name',
    leave: (channel: string) => [`STOP SLAVE '${channel}'`, `RESET SLAVE '${channel}' ALL`],
    stop: 'STOP ALL SLAVES',
    begin: ['SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_binlog_pos'],
    follow: (place: string, channel: string) => [
      `CHANGE MASTER '${channel}' TO ${place.replaceAll('SOURCE_', 'MASTER_')}, MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1`,
    ],
    start: (channel: string) => `START SLAVE '${channel}'`,
    refuse: ['SET GLOBAL read_only = ON'],
    accept: ['SET GLOBAL read_only = OFF'],
    alone: ['SET GLOBAL rpl_semi_sync_master_enabled = OFF'],
  },
  mysql: {
    status: 'SHOW REPLICA STATUS',
    channel: 'Channel_Name',
    leave: (channel: string) => [`STOP REPLICA FOR CHANNEL '${channel}'`, `RESET REPLICA ALL FOR CHANNEL '${channel}'`],
    stop: 'STOP REPLICA',
    begin: [],
    follow: (place: string, channel: string) => [
      `CHANGE REPLICATION SOURCE TO ${place}, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1 FOR CHANNEL '${channel}'`,
    ],
    start: (channel: string) => `START REPLICA FOR CHANNEL '${channel}'`,
    refuse: ['SET GLOBAL super_read_only = ON'],
    accept: ['SET GLOBAL read_only = OFF'],
    alone: ['SET GLOBAL rpl_semi_sync_source_enabled = OFF'],
  },
} as const;

/** What one server is told: whom it replicates, and whether it takes writes. */
export type Part = { readonly follows?: string; readonly writes?: boolean };

/** Re-arranges servers with SQL, as their owners do it who know nothing of us. */
export class Rearrangement {
  readonly #cluster: TestCluster;
  readonly #names: readonly string[];

  constructor(cluster: TestCluster, names: readonly string[]) {
    this.#cluster = cluster;
    this.#names = names;
  }

  /** From wherever they are: all get what `keeper` has, then each its part. Who is named in no part follows nobody. */
  async arrange(keeper: string, parts: Readonly<Record<string, Part>>): Promise<void> {
    for (const name of this.#names) await this.part(name);
    for (const name of this.#names) if (name !== keeper) await this.part(name, { follows: keeper });
    for (const name of this.#names) if (name !== keeper) await caughtUp(this.#cluster, name, keeper);
    for (const name of this.#names) if (name !== keeper) await this.part(name);
    // Whoever takes writes says so last: nobody follows a source that is about to be one no more.
    for (const name of this.#names) await this.part(name, { ...parts[name], writes: false });
    for (const name of this.#names) if (parts[name]?.writes) await this.accept(name);
  }

  /** Leaves whomever it followed, refuses writes, and takes its part. */
  async part(name: string, { follows, writes = false }: Part = {}): Promise<void> {
    const words = this.#words;
    await this.tell(name, async (connection) => {
      await runAll(connection, [...words.refuse, ...words.alone]);
      const channels = await connection.query(words.status);
      for (const channel of channels) await runAll(connection, words.leave(String(channel[words.channel])));
      if (follows !== undefined) await runAll(connection, words.begin);
      if (follows !== undefined) await runAll(connection, this.#follow(follows));
      if (writes) await runAll(connection, words.accept);
    });
  }

  refuse = (name: string) => this.tell(name, (connection) => runAll(connection, this.#words.refuse));
  accept = (name: string) => this.tell(name, (connection) => runAll(connection, this.#words.accept));
  /** Stops replication, and leaves its settings. */
  stop = (name: string) => this.tell(name, (connection) => runAll(connection, [this.#words.stop]));

  /** Another source besides, which it is told of; replication from it does not run. */
  async hearOf(name: string, source: string, channel: string): Promise<void> {
    await this.tell(name, (connection) => runAll(connection, this.#follow(source, channel).slice(0, -1)));
  }

  async tell(name: string, work: (connection: Connection) => Promise<unknown>): Promise<void> {
    const connection = await this.#cluster.admin(name);
    try {
      await work(connection);
    } finally {
      await connection.end();
    }
  }

  get #words() {
    const { flavour } = this.#cluster.cluster;
    if (flavour === 'postgresql') throw new Error('A standby of PostgreSQL follows one primary, in a line');
    return sql[flavour];
  }

  #follow(source: string, channel = ''): string[] {
    const { host, port } = this.#cluster.node(source);
    const { user, password } = this.#cluster.cluster.credentials.replication;
    const place = `SOURCE_HOST = '${host}', SOURCE_PORT = ${port}, SOURCE_USER = '${user}', SOURCE_PASSWORD = '${password}'`;
    return [...this.#words.follow(place, channel), this.#words.start(channel)];
  }
}

async function runAll(connection: Connection, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.query(statement);
}
