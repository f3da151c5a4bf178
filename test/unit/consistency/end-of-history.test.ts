import { describe, expect, it } from 'vitest';
import { endOfHistory } from '../../../src/consistency/end-of-history.ts';
import { judgeEpoch, survivorsOf } from '../../../src/consistency/epoch.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { MysqlGtidSet } from '../../../src/servers/mysql/gtid-set.ts';

const position = (text: string) => MariadbGtidPosition.parse(text);

describe('where the history of a former source ends', () => {
  const table: [what: string, logged: string[], applied: string, began: string | null, end: string][] = [
    ['before what the new source has written', ['0-1-89', '0-2-95'], '0-1-89', null, '0-1-89'],
    ['where the log ends of a server that was copied', ['0-2-95'], '0-1-89', null, '0-1-89'],
    ['where its epoch began, when the former wrote nothing', ['0-2-95'], '', '0-2-93', '0-2-93'],
    ['in each domain', ['0-1-89', '0-2-95', '1-1-7'], '0-1-80', null, '0-1-89,1-1-7'],
  ];
  it.each(table)('%s', (_what, logged, applied, began, end) => {
    const byServer = logged.map(position);
    const all = byServer.reduce((merged, one) => merged.merge(one), position(applied));
    const facts = {
      all,
      byServer,
      writer: '2',
      applied: position(applied),
      began: began === null ? null : position(began),
    };
    expect(endOfHistory(facts).format()).toBe(end);
  });

  it('on MySQL includes the new source as well, which cannot be mistaken for the former', () => {
    const all = MysqlGtidSet.parse('3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5');
    expect(endOfHistory({ all, byServer: [], writer: '', applied: all, began: null })).toBe(all);
  });
});

describe('a promotion that was recorded after its first writes', () => {
  const history = [
    { epoch: 1, sourceId: '1@a:1', endOfPrevious: null },
    { epoch: 2, sourceId: '2@b:1', endOfPrevious: position('0-1-89'), startedAtMs: 5000 },
  ];
  it.each([
    ['0-1-89', 0, 'survived'],
    ['0-1-90', 0, 'lost'],
    ['0-2-91', 0, 'survived'],
  ])('finds %s of the epoch before %s', (text, issuedAtMs, verdict) => {
    expect(judgeEpoch({ epoch: 1, position: position(text), issuedAtMs }, history)).toBe(verdict);
  });
});

describe('a source that was restored', () => {
  const history = [
    { epoch: 1, sourceId: '1@a:1', endOfPrevious: null },
    { epoch: 2, sourceId: '1@a:1', endOfPrevious: position('0-1-22'), startedAtMs: 5000 },
  ];
  it.each([
    ['0-1-22', 1000, 'survived'],
    ['0-1-53', 1000, 'lost'],
    // Of a process that had not heard of it.
    ['0-1-23', 6000, 'survived'],
  ])('finds %s, issued at %d, %s', (text, issuedAtMs, verdict) => {
    expect(judgeEpoch({ epoch: 1, position: position(text), issuedAtMs }, history)).toBe(verdict);
  });

  it('leaves of what is lost where it went on', () => {
    expect(survivorsOf({ epoch: 1, position: position('0-1-53,4-1-2') }, history)?.format()).toBe('0-1-22');
    expect(survivorsOf({ epoch: 2, position: position('0-1-53') }, history)?.format()).toBe('0-1-53');
    expect(survivorsOf({ epoch: 1, position: position('4-1-2') }, history)).toBeNull();
  });
});
