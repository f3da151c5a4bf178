import type { TestCluster } from './test-cluster.ts';

const words = {
  mariadb: {
    refuseWrites: ['SET GLOBAL read_only = 1'],
    takeWrites: ['SET GLOBAL read_only = 0'],
    stop: ['STOP SLAVE'],
    stopReceiving: ['STOP SLAVE IO_THREAD'],
    forget: ['STOP SLAVE', 'RESET SLAVE ALL'],
  },
  mysql: {
    refuseWrites: ['SET GLOBAL super_read_only = 1'],
    takeWrites: ['SET GLOBAL super_read_only = 0', 'SET GLOBAL read_only = 0'],
    stop: ['STOP REPLICA'],
    stopReceiving: ['STOP REPLICA IO_THREAD'],
    forget: ['STOP REPLICA', 'RESET REPLICA ALL'],
  },
  postgresql: {
    refuseWrites: ["ALTER SYSTEM SET default_transaction_read_only = 'on'", 'SELECT pg_reload_conf()'],
    takeWrites: ['SELECT pg_promote()'],
    stop: ["ALTER SYSTEM SET primary_conninfo = ''", 'SELECT pg_reload_conf()'],
    stopReceiving: ["ALTER SYSTEM SET primary_conninfo = ''", 'SELECT pg_reload_conf()'],
    forget: ["ALTER SYSTEM SET primary_conninfo = ''", 'SELECT pg_reload_conf()'],
  },
} as const;

export type OutsideAct = keyof typeof words.mysql;

/** What somebody does to a server who knows nothing of the API. */
export async function outside(cluster: TestCluster, name: string, ...acts: readonly OutsideAct[]): Promise<void> {
  const connection = await cluster.admin(name);
  try {
    for (const act of acts) {
      for (const statement of words[cluster.cluster.flavour][act]) await connection.query(statement);
    }
  } finally {
    await connection.end();
  }
}

/** A server goes on from where it is as a replica of another. */
export async function follow(cluster: TestCluster, name: string, source: string): Promise<void> {
  const { user, password } = cluster.cluster.credentials.replication;
  const { port } = cluster.node(source);
  const statements = {
    mysql: [
      'STOP REPLICA',
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${port}, SOURCE_USER = '${user}', SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1`,
      'START REPLICA',
    ],
    mariadb: [
      'STOP SLAVE',
      "SET GLOBAL gtid_slave_pos = IF(@@GLOBAL.gtid_binlog_pos = '', @@GLOBAL.gtid_slave_pos, @@GLOBAL.gtid_binlog_pos)",
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = '${user}', MASTER_PASSWORD = '${password}', MASTER_USE_GTID = slave_pos`,
      'START SLAVE',
    ],
    postgresql: [
      `ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=${port} user=${user} password=${password}'`,
      'SELECT pg_reload_conf()',
    ],
  } as const;
  const connection = await cluster.admin(name);
  try {
    for (const statement of statements[cluster.cluster.flavour]) await connection.query(statement);
  } finally {
    await connection.end();
  }
}
