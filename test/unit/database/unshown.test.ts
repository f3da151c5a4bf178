import { beforeEach, describe, expect, it } from 'vitest';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { placeShown } from '../../../src/servers/mariadb/log-place.ts';
import { MariadbUnshown } from '../../../src/servers/mariadb/unshown-commits.ts';
import { MysqlGtidSet } from '../../../src/servers/mysql/gtid-set.ts';
import { withoutAwaited } from '../../../src/servers/mysql/unshown-commits.ts';
import type { Row } from '../../../src/servers/rows.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const shown = (file: string, position: unknown, waiting: unknown = '0') => [
  { Variable_name: 'Binlog_snapshot_file', Value: file },
  { Variable_name: 'Binlog_snapshot_position', Value: position },
  { Variable_name: 'Rpl_semi_sync_master_wait_sessions', Value: waiting },
];

describe('the place up to which a log is shown', () => {
  it.each([
    ['a file and a number', shown('source.000002', '4711'), { file: 'source.000002', position: 4711n }],
    ['none without a log', shown('', '0'), null],
    ['none in a file whose name is none', shown("x', 4); DROP TABLE orders; --", '4'), null],
    ['none without a number', shown('source.000002', 'x'), null],
    ['none without an answer', [], null],
  ])('is %s', (_, rows, expected) => {
    expect(placeShown(rows)).toEqual(expected);
  });
});

describe('what a MariaDB source does not show yet', () => {
  const observed = MariadbGtidPosition.parse('0-1-9');
  let clock: TickingClock;
  let commits: MariadbUnshown;
  let asked: string[];
  /** Answers of the server, by the time. */
  let answer: (nowMs: number) => readonly Row[];

  beforeEach(() => {
    clock = new TickingClock();
    commits = new MariadbUnshown(clock);
    asked = [];
  });

  async function without(): Promise<string> {
    const finding = commits.without(observed, async (sql) => {
      asked.push(sql.split(' ')[0] ?? '');
      return sql.startsWith('SHOW') ? answer(clock.monotonic()) : [{ position: '0-1-7' }];
    });
    await clock.tick(100);
    return (await finding).format();
  }

  it('is nothing while no commit waits', async () => {
    answer = () => shown('log.1', '700');
    expect([await without(), asked]).toEqual(['0-1-9', ['SHOW']]);
  });

  it('is nothing on a server without a log', async () => {
    answer = () => shown('', '0', '1');
    expect(await without()).toBe('0-1-9');
  });

  it('is nothing once the waiting commits have been acknowledged', async () => {
    const startMs = clock.monotonic();
    answer = (nowMs) => shown('log.1', '700', nowMs - startMs < 5 ? '1' : '0');
    expect(await without()).toBe('0-1-9');
  });

  it('is nothing once the log has been shown further, twice', async () => {
    const startMs = clock.monotonic();
    answer = (nowMs) => shown('log.1', String(700 + Math.floor((nowMs - startMs) / 5)), '1');
    expect([await without(), asked.includes('SELECT')]).toEqual(['0-1-9', false]);
  });

  it('may be two groups: that the log was shown further once proves nothing', async () => {
    const startMs = clock.monotonic();
    answer = (nowMs) => shown('log.1', nowMs - startMs < 5 ? '700' : '800', '1');
    expect(await without()).toBe('0-1-7');
  });

  it('is all after the last visible commit, if none is acknowledged; that one is looked up once', async () => {
    answer = () => shown('log.1', '700', '2');
    expect([await without(), await without()]).toEqual(['0-1-7', '0-1-7']);
    expect(asked.filter((word) => word === 'SELECT')).toHaveLength(1);
    answer = () => shown('log.2', '700', '2');
    await without();
    expect(asked.filter((word) => word === 'SELECT')).toHaveLength(2);
  });
});

const own = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const other = '5e11fa47-71ca-11e1-9e33-c80aa9429562';

describe('what a MySQL source does not show yet', () => {
  it.each([
    ['no commit waits', [], `${own}:8#31`, `${own}:1-8`],
    ['one waits, and all behind it', ['31'], `${own}:8#31:9#32:10#33`, `${own}:1-7`],
    ['one in front of it does not wait', ['32'], `${own}:8#31:9#32`, `${own}:1-8`],
    ['several wait', ['33', '31'], `${own}:10#33:8#31:9#32`, `${own}:1-7`],
    ['who waits owns nothing any more', ['40'], `${own}:8#31`, `${own}:1-10`],
    ['others own something, too', ['31'], `${other}:3#31,\n${own}:9#31`, `${own}:1-8`],
  ])('when %s', (_, threads, owned, expected) => {
    const observed = MysqlGtidSet.parse(`${own}:1-10`);
    const rows = threads.map((thread) => ({ thread }));
    const without = withoutAwaited(observed, rows, { owned, uuid: own.toUpperCase(), ordered: 1n });
    if (threads.length === 0) expect(without).toBe(observed);
    else expect(without.format()).toBe(expected);
  });

  it('cannot be told of a server that commits in another sequence than it logs', () => {
    const observed = MysqlGtidSet.parse(`${own}:1-10`);
    const now = { owned: `${own}:8#31`, uuid: own, ordered: 0n };
    expect(withoutAwaited(observed, [{ thread: 31n }], now)).toBe(observed);
  });
});
