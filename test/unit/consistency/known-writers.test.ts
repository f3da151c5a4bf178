import { describe, expect, it } from 'vitest';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import { KnownWriters } from '../../../src/consistency/known-writers.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { MysqlGtidSet } from '../../../src/servers/mysql/gtid-set.ts';

const a = 'aaaaaaaa-0000-0000-0000-000000000001';
const b = 'bbbbbbbb-0000-0000-0000-000000000002';
const first: EpochHistory = [{ epoch: 1, sourceId: '', endOfPrevious: null }];

describe.each([
  {
    flavour: 'MariaDB',
    position: (text: string) => MariadbGtidPosition.parse(text),
    before: '0-1-100',
    behindThePromotion: '0-2-101',
    lost: '0-1-101',
    later: '0-2-150',
    third: '0-3-151',
    sources: ['1@host:3306', '2@host:3307'],
  },
  {
    flavour: 'MySQL',
    position: (text: string) => MysqlGtidSet.parse(text),
    before: `${a}:1-100`,
    behindThePromotion: `${a}:1-100,${b}:1`,
    lost: `${a}:1-101`,
    later: `${a}:1-100,${b}:1-50`,
    third: `${a}:1-100,${b}:1-50,cccccccc-0000-0000-0000-000000000003:1`,
    sources: [a, b],
  },
])('a position on $flavour', ({ position, before, behindThePromotion, lost, later, third, sources }) => {
  const promoted: EpochHistory = [...first, { epoch: 2, sourceId: sources[1] ?? '', endOfPrevious: position(before) }];
  const inFirst = KnownWriters.none.heard(position(before), first);
  const inSecond = inFirst.heard(position(behindThePromotion), promoted);

  it('is believed when those wrote it that a probe has shown', () => {
    expect(inFirst.explain(position(before))).toBe(true);
    expect(inFirst.explain(position(lost))).toBe(true);
  });

  it('is not believed when it shows an unknown promotion', () => {
    expect(inFirst.explain(position(behindThePromotion))).toBe(false);
  });

  it('still tells what it shows of the known history, where servers tell writers apart', () => {
    const known = inFirst.knownPart(position(behindThePromotion));
    expect(known.format()).toBe(known.flavour === 'mysql' ? before : '');
    expect(inSecond.knownPart(position(later)).format().replace('\n', '')).toBe(later);
  });

  it('is believed once the promotion is known', () => {
    expect(inSecond.explain(position(behindThePromotion))).toBe(true);
    expect(inSecond.explain(position(later))).toBe(true);
    expect(inSecond.explain(position(before))).toBe(true);
  });

  it('is not believed when it shows what did not survive the promotion', () => {
    expect(inSecond.explain(position(lost))).toBe(false);
  });

  it('is believed when a probe finds the new writer and no new epoch: a promotion by hand', () => {
    expect(inSecond.explain(position(third))).toBe(false);
    expect(inSecond.heard(position(third), promoted).explain(position(third))).toBe(true);
    expect(inFirst.heard(position(behindThePromotion), null).explain(position(behindThePromotion))).toBe(true);
  });

  it('is not vouched for by a server that has not heard of the promotion', () => {
    expect(inSecond.heard(position(lost), first).explain(position(lost))).toBe(false);
  });

  it('is forgotten with its epoch: a server that leads again is no exception', () => {
    const back = inSecond.heard(position(later), [
      ...promoted,
      { epoch: 3, sourceId: sources[0] ?? '', endOfPrevious: position(later) },
    ]);
    expect(back.explain(position(later))).toBe(true);
    expect(back.explain(position(third))).toBe(false);
  });

  it('is not believed before any server was seen, unless it is empty', () => {
    expect(KnownWriters.none.explain(position(before))).toBe(false);
    expect(KnownWriters.none.explain(position(''))).toBe(true);
  });
});
