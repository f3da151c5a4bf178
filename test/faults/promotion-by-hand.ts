// What somebody does who knows nothing of the API and has only a client: the servers' own statements.
import type { Stage } from './stage.ts';

const words = {
  mariadb: {
    refuseWrites: ['SET GLOBAL read_only = 1'],
    takeWrites: ['SET GLOBAL read_only = 0'],
    stop: ['STOP SLAVE'],
    forget: ['STOP SLAVE', 'RESET SLAVE ALL'],
    startFromOwn: ['SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_binlog_pos'],
    follow: (port: number, user: string, password: string) =>
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = '${user}', ` +
      `MASTER_PASSWORD = '${password}', MASTER_USE_GTID = slave_pos`,
    start: 'START SLAVE',
  },
  mysql: {
    refuseWrites: ['SET GLOBAL super_read_only = 1'],
    takeWrites: ['SET GLOBAL super_read_only = 0', 'SET GLOBAL read_only = 0'],
    stop: ['STOP REPLICA'],
    forget: ['STOP REPLICA', 'RESET REPLICA ALL'],
    startFromOwn: [],
    follow: (port: number, user: string, password: string) =>
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${port}, SOURCE_USER = '${user}', ` +
      `SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1`,
    start: 'START REPLICA',
  },
  postgresql: {
    refuseWrites: ["ALTER SYSTEM SET default_transaction_read_only = 'on'", 'SELECT pg_reload_conf()'],
    takeWrites: ['SELECT pg_promote()'],
    stop: ["ALTER SYSTEM SET primary_conninfo = ''", 'SELECT pg_reload_conf()'],
    forget: ["ALTER SYSTEM SET primary_conninfo = ''", 'SELECT pg_reload_conf()'],
    startFromOwn: [],
    follow: (port: number, user: string, password: string) =>
      `ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=${port} user=${user} password=${password}'`,
    start: 'SELECT pg_reload_conf()',
  },
} as const;

const of = ({ cluster }: Stage) => words[cluster.cluster.flavour];

export function refuseWrites(stage: Stage, name: string): Promise<void> {
  return stage.run(name, ...of(stage).refuseWrites);
}

export function takeWrites(stage: Stage, name: string): Promise<void> {
  return stage.run(name, ...of(stage).takeWrites);
}

/** One replica leads the others, which replicate already. */
export async function promoteByHand(stage: Stage, name: string, others: readonly string[]): Promise<void> {
  await stage.run(name, ...of(stage).forget);
  for (const other of others) await stage.run(other, ...of(stage).stop, statement(stage, name), of(stage).start);
  await takeWrites(stage, name);
}

/** A server that never replicated, or did long ago, goes on from where it is. */
export async function follow(stage: Stage, name: string, source: string): Promise<void> {
  await stage.run(name, ...of(stage).startFromOwn, statement(stage, source), of(stage).start);
}

function statement(stage: Stage, source: string): string {
  const { user, password } = stage.cluster.cluster.credentials.replication;
  return of(stage).follow(stage.cluster.node(source).port, user, password);
}
