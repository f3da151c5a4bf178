/** Whose writes are believed, look by probe: a position shows who wrote last, and epochs say who may have. */
import { describe, expect, it } from 'vitest';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import { KnownWriters } from '../../../src/consistency/known-writers.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';

const at = (text: string) => MariadbGtidPosition.parse(text);
const first: EpochHistory = [{ epoch: 1, sourceId: '1@a', endOfPrevious: null }];
const second: EpochHistory = [...first, { epoch: 2, sourceId: '2@b', endOfPrevious: at('0-1-100') }];

type Probed = readonly [position: string, epochs: EpochHistory | null];
const afterProbes = (...probes: readonly Probed[]) =>
  probes.reduce((known, [position, epochs]) => known.heard(at(position), epochs), KnownWriters.none);

describe('a position is believed', () => {
  it.each<[string, readonly Probed[], string, boolean]>([
    ['of a server that a probe has shown', [['0-1-90', first]], '0-1-120', true],
    ['of the source that an epoch names, before it has written', [['0-1-100', second]], '0-2-101', true],
    ['within the end of the epoch before, whichever server wrote it', [['0-2-101', second]], '0-9-100', true],
    ['not beyond that end', [['0-2-101', second]], '0-9-101', false],
    [
      'not of a server that only an older epoch knew',
      [
        ['0-1-90', first],
        ['0-2-101', second],
      ],
      '0-1-101',
      false,
    ],
    [
      'of both, when one probe after another has shown them in one epoch',
      [
        ['0-1-90', first],
        ['0-5-91', first],
      ],
      '0-1-95',
      true,
    ],
    [
      'of one who wrote in another domain',
      [
        ['0-1-90', first],
        ['0-1-91,4-5-1', first],
      ],
      '0-1-95,4-5-2',
      true,
    ],
    ['where no record is kept, as in the first epoch', [['0-1-90', null]], '0-1-91', true],
    [
      'not of an older record, once there is a newer',
      [
        ['0-2-101', second],
        ['0-1-101', null],
      ],
      '0-1-101',
      false,
    ],
    ['whatever an empty record says of the end', [['0-1-90', []]], '0-1-95', true],
  ])('%s', (_, probes, position, expected) => {
    expect(afterProbes(...probes).explain(at(position))).toBe(expected);
  });

  it('by the same value while probes show nothing new', () => {
    const known = afterProbes(['0-1-90', first]);
    expect(known.heard(at('0-1-95'), first)).toBe(known);
    expect(known.heard(at('0-5-95'), first)).not.toBe(known);
  });

  it('in the parts that are known, where it is not as a whole', () => {
    const known = afterProbes(['0-1-90', first]);
    expect(known.knownPart(at('0-1-95')).format()).toBe('0-1-95');
    expect(known.knownPart(at('0-1-95,3-8-2')).format()).toBe('0-1-95');
  });
});
