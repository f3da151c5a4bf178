import { toyDriver, toyMachine } from '../toy/toy-driver.ts';
import { ToyServer } from '../toy/toy-server.ts';
import { type Name, names, type Stage } from './stage.ts';

export async function openToyStage(firstPort: number): Promise<Stage> {
  const servers = new Map(names.map((name, index) => [name, new ToyServer(name, firstPort + index)]));
  const of = (name: Name): ToyServer => servers.get(name) as ToyServer;
  for (const server of servers.values()) toyMachine.set(server.port, server);
  of('source').takesWrites = true;
  of('replica-1').follow(of('source'));
  of('replica-2').follow(of('source'));
  for (const server of servers.values()) server.refused.set('nowhere', 'GONE');
  const account = { user: 'admin', password: 'secret' };
  const addressOf = (name: Name) => {
    const { port } = of(name);
    return { name, host: '127.0.0.1', port, ...account, database: 'notes', tls: null };
  };
  const getting = (name: string) => ({ sql: `SELECT ${name}`, rowsAsArray: true }) as const;
  const valueIn = (answer: unknown) => (answer as [[string | null]])[0][0];
  return {
    connect: (name) => toyDriver.open(addressOf(name), { timeoutMs: 1000 }).opened,
    addressOf,
    account,
    database: 'notes',
    begin: 'BEGIN',
    commit: 'COMMIT',
    rollback: 'ROLLBACK',
    set: (connection, name, value) => connection.query(`UPDATE ${name}`, [value]),
    get: async (connection, name) => valueIn(await connection.query(getting(name))),
    getting,
    valueIn,
    table: { name: 'notes', column: 'name' },
    conditionOf: (name) => name,
    addNumbered: null,
    mirrored: null,
    hold: async (name) => of(name).hold(),
    release: async (name) => of(name).release(),
    stop: async () => {
      for (const { port } of servers.values()) toyMachine.delete(port);
    },
  };
}
