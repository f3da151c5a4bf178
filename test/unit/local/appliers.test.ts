/** What the lab says to servers and reads from them, over connections that a test scripts; on servers: test/integration/lab.test.ts. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Appliers } from '../../../src/local/lab/appliers.ts';
import type { ServerFlavour, Topology } from '../../../src/local/server-flavour.ts';
import { OverdueError } from '../../../src/platform/deadline.ts';
import type { Connection } from '../../../src/servers/connection.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

type Row = Readonly<Record<string, unknown>>;

let clock: TickingClock;
let said: string[];
/** The variables that keep everybody from writing. */
let refusedBy: string;
let status: readonly Row[];
/** Set, statements are never answered. */
let hangs: boolean;
let lose: ((error: Error) => void) | null;
let refuse: Error | null;

beforeEach(() => {
  clock = new TickingClock();
  said = [];
  refusedBy = 'read_only';
  status = [];
  hangs = false;
  lose = null;
  refuse = null;
});

const server = { host: '127.0.0.1', port: 3301 };
const other = { host: '127.0.0.1', port: 3302 };

async function connect({ port, flavour }: { readonly port: number; readonly flavour: string }): Promise<Connection> {
  if (refuse !== null) throw refuse;
  const say = (words: string) => said.push(port === server.port ? words : `${port} ${words}`);
  const connection = {
    info: { isMariaDB: () => flavour === 'mariadb' },
    query: async (sql: string) => {
      say(sql);
      if (hangs) return new Promise(() => undefined);
      if (sql.includes('refusedBy')) return [{ refusedBy }];
      return sql.startsWith('SHOW') ? status : [];
    },
    on: (event: string, listener: (error: Error) => void) => {
      if (event === 'error') lose = listener;
    },
    end: async () => {
      say('end');
      if (refuse !== null) throw refuse;
    },
    destroy: () => say('destroy'),
  };
  return connection as unknown as Connection;
}

const appliersOf = (flavour: ServerFlavour, topology: Topology = 'replication') =>
  new Appliers({ flavour, topology, account: { user: 'admin', password: 'secret' }, clock, connect });

describe.each([
  ['mariadb', 'SLAVE', 'Slave_SQL_Running', 'CHANGE MASTER TO MASTER_DELAY'],
  ['mysql', 'REPLICA', 'Replica_SQL_Running', 'CHANGE REPLICATION SOURCE TO SOURCE_DELAY'],
] as const)('a server of %s', (flavour, word, running, delay) => {
  it.each<[string, boolean]>([
    ['read_only', true],
    ['read_only,innodb_read_only', true],
    ['', false],
  ])('that is kept from writing by "%s" refuses writes: %s', async (variables, expected) => {
    refusedBy = variables;
    expect(await appliersOf(flavour).readState(server)).toMatchObject({ readOnly: expected });
  });

  it.each<[string, Row, boolean, number]>([
    ['applies', { [running]: 'Yes', SQL_Delay: 0 }, true, 0],
    ['applies late, on purpose', { [running]: 'Yes', SQL_Delay: '30' }, true, 30],
    ['has stopped', { [running]: 'No', SQL_Delay: 0 }, false, 0],
    ['tries to', { [running]: 'Connecting', SQL_Delay: 0 }, false, 0],
    ['tells no delay', { [running]: 'Yes' }, true, 0],
  ])('that %s is seen to', async (_, row, applying, delayS) => {
    status = [row];
    expect(await appliersOf(flavour).readState(server)).toEqual({ readOnly: true, applying, delayS });
    expect(said.at(-1)).toBe('destroy');
  });

  it('that is not a replica applies nothing', async () => {
    expect(await appliersOf(flavour).readState(server)).toEqual({ readOnly: true, applying: null, delayS: null });
  });

  it('stops and starts only what applies, so that what is written meanwhile is still received', async () => {
    const appliers = appliersOf(flavour);
    await appliers.stop(server);
    await appliers.start(server);
    expect(said).toEqual([`STOP ${word} SQL_THREAD`, 'destroy', `START ${word} SQL_THREAD`, 'destroy']);
  });

  it('is delayed by whole seconds, while nothing of its replication runs', async () => {
    await appliersOf(flavour).delay(server, 2.9);
    expect(said).toEqual([`STOP ${word}`, `${delay} = 2`, `START ${word}`, 'destroy']);
  });
});

describe('a server that does not answer', () => {
  it.each<[string, number, (appliers: Appliers) => Promise<unknown>]>([
    ['reading its state', 1000, (appliers) => appliers.readState(server)],
    ['a stop', 20_000, (appliers) => appliers.stop(server)],
    ['a start', 20_000, (appliers) => appliers.start(server)],
    ['a delay', 20_000, (appliers) => appliers.delay(server, 1)],
  ])('ends %s after %i ms, and its connection', async (_, ms, ask) => {
    hangs = true;
    let ended: unknown = null;
    void ask(appliersOf('mariadb')).catch((error: unknown) => {
      ended = error;
    });
    await clock.tick(ms - 1);
    expect(ended).toBeNull();
    await clock.tick(1);
    await clock.tick(0);
    expect(ended).toBeInstanceOf(OverdueError);
    expect(said.at(-1)).toBe('destroy');
  });

  it('or refuses the connection is told as it is', async () => {
    refuse = new Error('refused');
    await expect(appliersOf('mariadb').readState(server)).rejects.toThrow('refused');
    expect(clock.timers).toBe(0);
  });
});

describe('a member of a group', () => {
  const lock = 'FLUSH TABLES WITH READ LOCK';
  let appliers: Appliers;
  beforeEach(() => {
    appliers = appliersOf('mysql', 'group');
  });
  const applying = async (from = server) => (await appliers.readState(from)).applying;

  it('is held up by a lock, for as long as it is wanted', async () => {
    expect(await applying()).toBe(true);
    await appliers.stop(server);
    expect(await applying()).toBe(false);
    expect(await applying(other)).toBe(true);
    await appliers.start(server);
    expect(await applying()).toBe(true);
    expect(said.filter((words) => [lock, 'end'].includes(words))).toEqual([lock, 'end']);
  });

  it('that takes writes applies nothing, and cannot be delayed', async () => {
    refusedBy = '';
    expect(await appliers.readState(server)).toEqual({ readOnly: false, applying: null, delayS: null });
  });

  it('is held up once, however often it is asked for', async () => {
    await appliers.stop(server);
    await appliers.stop(server);
    expect(said).toEqual([lock]);
  });

  it('is held up no more when its connection is lost', async () => {
    await appliers.stop(server);
    lose?.(new Error('killed'));
    expect(await applying()).toBe(true);
    await appliers.stop(server);
    expect(said.filter((words) => words === lock)).toHaveLength(2);
  });

  it('is let go by force when it does not take leave', async () => {
    await appliers.stop(server);
    refuse = new Error('gone');
    await appliers.start(server);
    expect(said).toEqual([lock, 'end', 'destroy']);
  });

  it('that is not held up is let go without a word', async () => {
    await appliers.start(server);
    expect(said).toEqual([]);
  });

  it('is let go at the end, as are all', async () => {
    await appliers.stop(server);
    await appliers.stop(other);
    appliers.close();
    expect(said).toEqual([lock, `3302 ${lock}`, 'destroy', '3302 destroy']);
    said = [];
    appliers.close();
    expect(said).toEqual([]);
    expect(await applying()).toBe(true);
  });
});
