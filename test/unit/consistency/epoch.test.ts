import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EpochHistory, judgeEpoch } from '../../../src/consistency/epoch.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { MysqlGtidSet } from '../../../src/servers/mysql/gtid-set.ts';
import table from '../../tables/epoch-verdicts.json' with { type: 'json' };
import { positionOf } from './arbitrary-positions.ts';

type Row = { title: string; token: [number, string | null]; history?: [number, string | null][]; verdict: string };

const at = (text: string | null) => (text === null ? null : MariadbGtidPosition.parse(text));
const threeEpochs: Required<Row>['history'] = [
  [1, null],
  [2, '0-1-100'],
  [3, '0-2-150'],
];

describe('an epoch history', () => {
  it.each(table as unknown as Row[])(
    'tells that $title',
    ({ token: [epoch, text], history = threeEpochs, verdict }) => {
      const records: EpochHistory = history.map(([number, end]) => ({
        epoch: number,
        sourceId: `server-${number}`,
        endOfPrevious: at(end),
      }));
      expect(judgeEpoch({ epoch, position: at(text) }, records)).toBe(verdict);
    },
  );

  it('cannot judge a position of the other flavour', () => {
    const history = [{ epoch: 2, sourceId: 'b', endOfPrevious: MysqlGtidSet.empty }];
    expect(judgeEpoch({ epoch: 1, position: at('0-1-1') }, history)).toBe('unknown');
  });

  it.each(['mysql', 'mariadb'] as const)(
    'lets a %s position survive exactly when every recorded end includes it',
    (flavour) => {
      const position = positionOf[flavour];
      fc.assert(
        fc.property(position, fc.array(position, { minLength: 1, maxLength: 4 }), (seen, ends) => {
          const history = [
            { epoch: 1, sourceId: 'first', endOfPrevious: null },
            ...ends.map((end, index) => ({ epoch: index + 2, sourceId: `s${index}`, endOfPrevious: end })),
          ];
          const survived = ends.every((end) => end.includes(seen));
          expect(judgeEpoch({ epoch: 1, position: seen }, history)).toBe(survived ? 'survived' : 'lost');
        }),
        { numRuns: 300 },
      );
    },
  );
});
