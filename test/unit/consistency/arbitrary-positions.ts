import fc from 'fast-check';
import type { Position } from '../../../src/consistency/position.ts';
import type { FlavourName } from '../../../src/servers/flavour-name.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { MysqlGtidSet } from '../../../src/servers/mysql/gtid-set.ts';
import { WalPosition } from '../../../src/servers/postgresql/wal-position.ts';

// Few sources, tags, domains and small numbers, so that random pairs overlap, touch and miss each other often.
const uuids = [
  '3e11fa47-71ca-11e1-9e33-c80aa9429562',
  '5c9e1b0a-0000-11ef-8000-0242ac120002',
  'ffffffff-ffff-4fff-bfff-ffffffffffff',
] as const;
const tags = ['', '', 'tag', 'a_1'] as const;

/** Counterexamples show the text instead of an object. */
function readable<P extends Position>(position: P): P {
  return Object.assign(position, { [fc.toStringMethod]: () => JSON.stringify(position.format()) });
}

const smallNumber = fc.bigInt({ min: 1n, max: 30n });
const highestNumber = 2n ** 63n - 2n;
const hugeNumber = fc.bigInt({ min: highestNumber - 10n, max: highestNumber });
const gtidNumber = fc.oneof({ weight: 9, arbitrary: smallNumber }, { weight: 1, arbitrary: hugeNumber });

const capped = (number: bigint): bigint => (number < 0n ? 0n : number > highestNumber ? highestNumber : number);

const interval = fc.oneof(
  gtidNumber.map((only) => `${only}`),
  fc
    .tuple(gtidNumber, fc.bigInt({ min: -2n, max: 12n }))
    .map(([first, length]) => `${first}-${capped(first + length)}`),
);

const stream = fc
  .record({
    uuid: fc.constantFrom(...uuids),
    tag: fc.constantFrom(...tags),
    intervals: fc.array(interval, { maxLength: 5 }),
  })
  .map(({ uuid, tag, intervals }) => [uuid, ...(tag === '' ? [] : [tag]), ...intervals].join(':'));

/** Texts as a person or an older server may write them: unsorted, overlapping, reversed, repeated. */
export const mysqlText = fc.array(stream, { maxLength: 4 }).map((streams) => streams.join(','));
export const mysqlPosition: fc.Arbitrary<MysqlGtidSet> = mysqlText.map((text) => readable(MysqlGtidSet.parse(text)));

/** A part of another set, sometimes with one transaction that need not be in it: most of the ways to be just in or just out. */
export function nearMysqlText(outer: string): fc.Arbitrary<string> {
  const set = MysqlGtidSet.parse(outer);
  const keys = [...set.streams()].map(({ uuid, tag }) => (tag === '' ? uuid : `${uuid}:${tag}`));
  if (keys.length === 0) return mysqlText;
  const part = fc
    .array(fc.tuple(fc.constantFrom(...keys), fc.array(interval, { minLength: 1, maxLength: 5 })), {
      minLength: 1,
      maxLength: 4,
    })
    .map((cuts) => cuts.map(([key, intervals]) => [key, ...intervals].join(':')).join(','))
    .map((cut) => set.intersect(MysqlGtidSet.parse(cut)).format());
  const extra = fc.option(
    fc.tuple(fc.constantFrom(...keys), gtidNumber).map((pieces) => `,${pieces.join(':')}`),
    { nil: '', freq: 1 },
  );
  return fc.oneof(
    { weight: 1, arbitrary: mysqlText },
    { weight: 3, arbitrary: fc.tuple(part, extra).map((texts) => texts.join('')) },
  );
}

const sequence = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt({ min: 0n, max: 12n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 2n ** 64n - 6n, max: 2n ** 64n - 1n }) },
);
const gtid = fc.record({
  domainId: fc.constantFrom(0, 1, 7, 2 ** 32 - 1),
  serverId: fc.constantFrom(1, 2, 30),
  sequence,
});

export const mariadbText = fc
  .uniqueArray(gtid, { maxLength: 4, selector: ({ domainId }) => domainId })
  .map((gtids) => gtids.map(({ domainId, serverId, sequence }) => `${domainId}-${serverId}-${sequence}`).join(','));
export const mariadbPosition: fc.Arbitrary<MariadbGtidPosition> = mariadbText.map((text) =>
  readable(MariadbGtidPosition.parse(text)),
);

const highestSequence = 2n ** 64n - 1n;
const cappedSequence = (number: bigint): bigint =>
  number < 0n ? 0n : number > highestSequence ? highestSequence : number;

const timelineEnd = fc.record({
  timeline: fc.constantFrom(1, 2, 3, 2 ** 32 - 1),
  lsn: fc.oneof(
    { weight: 9, arbitrary: fc.bigInt({ min: 0n, max: 12n }) },
    { weight: 1, arbitrary: fc.bigInt({ min: 2n ** 64n - 6n, max: 2n ** 64n - 1n }) },
  ),
});
export const postgresqlPosition: fc.Arbitrary<WalPosition> = fc
  .array(timelineEnd, { maxLength: 4 })
  .map((ends) => readable(WalPosition.fromEnds(ends)));

export const positionOf: Readonly<Record<FlavourName, fc.Arbitrary<Position>>> = {
  mysql: mysqlPosition,
  mariadb: mariadbPosition,
  postgresql: postgresqlPosition,
};

/** Some domains of another position with numbers around the same, sometimes one domain more. */
export function nearMariadbText(outer: string): fc.Arbitrary<string> {
  const gtids = MariadbGtidPosition.parse(outer).gtids();
  if (gtids.length === 0) return mariadbText;
  const near = fc
    .tuple(
      fc.subarray([...gtids], { minLength: 1 }),
      fc.array(fc.bigInt({ min: -3n, max: 1n }), { minLength: gtids.length, maxLength: gtids.length }),
      fc.option(gtid, { nil: null, freq: 1 }),
    )
    .map(([kept, steps, extra]) => {
      const stepped = kept.map((last, index) => ({
        ...last,
        sequence: cappedSequence(last.sequence + (steps[index] ?? 0n)),
      }));
      return [
        ...stepped,
        ...(extra === null || kept.some(({ domainId }) => domainId === extra.domainId) ? [] : [extra]),
      ];
    })
    .map((all) => all.map(({ domainId, serverId, sequence }) => `${domainId}-${serverId}-${sequence}`).join(','));
  return fc.oneof({ weight: 1, arbitrary: mariadbText }, { weight: 3, arbitrary: near });
}

/** Two positions of which the second is often in the first or nearly so. */
export const pairOf: Readonly<Record<FlavourName, fc.Arbitrary<[outer: Position, inner: Position]>>> = {
  mysql: mysqlText.chain((outer) =>
    fc.tuple(
      fc.constant(outer).map((text) => readable(MysqlGtidSet.parse(text))),
      nearMysqlText(outer).map((text) => readable(MysqlGtidSet.parse(text))),
    ),
  ),
  mariadb: mariadbText.chain((outer) =>
    fc.tuple(
      fc.constant(outer).map((text) => readable(MariadbGtidPosition.parse(text))),
      nearMariadbText(outer).map((text) => readable(MariadbGtidPosition.parse(text))),
    ),
  ),
  postgresql: fc.tuple(postgresqlPosition, postgresqlPosition, fc.boolean()).map(([one, other, contains]) => {
    const outer = contains ? one.merge(other) : one;
    return [outer, other];
  }),
};

const blank = fc.constantFrom('', '', '', '', ' ', '\n', '\t', ' \r\n', '\v');
const spaced = (...pieces: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...pieces.flatMap((piece) => [blank, piece]), blank).map((parts) => parts.join(''));
const mostly = (usual: fc.Arbitrary<string>, ...odd: string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...odd) });

const carelessUuid = mostly(
  fc.constantFrom(
    ...uuids,
    ...uuids.map((uuid) => uuid.toUpperCase()),
    ...uuids.map((uuid) => uuid.replaceAll('-', '')),
    ...uuids.map((uuid) => `{${uuid}}`),
  ),
  '',
  'x',
  `{${uuids[0]}`,
  `${uuids[0]}0`,
  uuids[0].slice(1),
  uuids[0].replace('-', ''),
  uuids[0].replace('a', 'g'),
);
const carelessNumber = mostly(
  gtidNumber.map(String),
  '',
  '0',
  '007',
  '-1',
  '+1',
  '0x1',
  '1e1',
  '1 1',
  '9223372036854775807',
  '18446744073709551617',
);
const carelessInterval = fc.oneof(
  spaced(carelessNumber),
  spaced(carelessNumber, fc.constant('-'), carelessNumber),
  spaced(mostly(fc.constantFrom('tag', 'TAG', 'a_1', '_'), '1a', 'a-b', 'a b', 'ä', 'a'.repeat(32), 'a'.repeat(33))),
);
const carelessStream = fc
  .tuple(spaced(carelessUuid), fc.array(carelessInterval, { maxLength: 4 }))
  .map(([uuid, pieces]) => [uuid, ...pieces].join(':'));

/** Texts at the edge of what a MySQL server reads: about half of them are none. */
export const carelessMysqlText = fc
  .array(mostly(carelessStream, '', ' ', 'x', ';'), { maxLength: 3 })
  .map((streams) => streams.join(','));

const carelessId = mostly(
  fc.constantFrom('0', '1', '7', '007', '+3', '4294967295'),
  '',
  '-1',
  '++1',
  '4294967296',
  '1e1',
  'x',
);
const carelessSequence = mostly(
  sequence.map(String),
  '',
  '-1',
  '+ 1',
  '0x1',
  '18446744073709551616',
  '1-1',
  'x',
  '1\u00a0',
);
const beforeNumber = fc.constantFrom('', '', '', '', '', ' ', '\n', '\t ', '\v');
const afterNumber = fc.constantFrom('', '', '', '', '', '', '', '', '', ' ');
const carelessGtid = fc
  .tuple(beforeNumber, carelessId, beforeNumber, carelessId, beforeNumber, carelessSequence, afterNumber)
  .map(([a, domainId, b, serverId, c, last, end]) => `${a}${domainId}-${b}${serverId}-${c}${last}${end}`);

/** Texts at the edge of what a MariaDB server reads: about half of them are none. */
export const carelessMariadbText = fc
  .array(mostly(carelessGtid, '', ' ', 'x'), { maxLength: 3 })
  .map((gtids) => gtids.join(','));
