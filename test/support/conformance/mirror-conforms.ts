/** What a kind of server has to do for records to be mirrored from its servers and to them. Its statements have to be SQL. */
import { describe, expect, it } from 'vitest';
import { sourceEpoch } from '../../../src/database/mirror/apply-records.ts';
import {
  applicationsToRecheck,
  enterEpoch,
  latestEpoch,
  lockCheckpoints,
  purgeCheckpoints,
} from '../../../src/database/mirror/checkpoints.ts';
import { beginRestoredEpoch, lastAppliedAt, parkedRecords } from '../../../src/database/mirror/mirror-facts.ts';
import { type MirroredModel, readShape } from '../../../src/database/mirror/mirrored-tables.ts';
import { readRange, replaceRange } from '../../../src/database/mirror/range-copy.ts';
import { type RecordState, readRecords, type Values, writeRecords } from '../../../src/database/mirror/record-rows.ts';
import { insertRows, largestValue } from '../../../src/database/mirror/row-batches.ts';
import {
  countRecords,
  digestOfRange,
  digestPerRecord,
  endOfRange,
} from '../../../src/database/mirror/table-digests.ts';
import type { Connection } from '../../../src/servers/connection.ts';
import type { Flavour } from '../../../src/servers/flavour.ts';
import type { MirrorSide } from '../../../src/servers/mirror-side.ts';
import type { Name, Stage } from './stage.ts';

type Given = {
  readonly stage: () => Stage;
  readonly connect: (name: Name) => Promise<Connection>;
};

const all = { after: null, upTo: null };
const record = (key: string, row: Values | null, ...lines: Values[]): RecordState => ({ key, row, children: [lines] });
const row = (id: number, label: string | null, data: Buffer | null = null): Values => [
  String(id),
  label,
  data,
  '12345678.90',
  '2026-11-30 20:28:15.120',
];
const exactText = (state: RecordState | undefined) =>
  JSON.stringify([state?.row?.map(printed), state?.children.map((rows) => rows.map((values) => values.map(printed)))]);
const printed = (value: unknown) =>
  Buffer.isBuffer(value) ? value.toString('hex') : value === null ? null : String(value);

export function mirrorConforms({ outbox }: Flavour, side: MirrorSide, { stage, connect }: Given): void {
  const prepared = async () => {
    const connection = await connect('source');
    await side.prepare(connection);
    return connection;
  };
  const modelOf = (): MirroredModel => {
    const { mirrored } = stage();
    if (mirrored === null) throw new Error('a kind that is mirrored has a stage with a mirrored model');
    return mirrored;
  };
  const within = async (view: 'ONE_MOMENT' | 'EACH_STATEMENT', work: (connection: Connection) => Promise<void>) => {
    const connection = await prepared();
    await side.begin(connection, view);
    await work(connection);
    await connection.query(stage().commit);
  };

  describe('a transaction of the mirror', () => {
    it('sees one moment, or what was committed before each statement', async () => {
      const writing = await connect('source');
      await stage().set(writing, 'view', 'before');
      const [moment, fresh] = [await prepared(), await prepared()];
      await side.begin(moment, 'ONE_MOMENT');
      await side.begin(fresh, 'EACH_STATEMENT');
      const seen = () => Promise.all([moment, fresh].map((reading) => stage().get(reading, 'view')));
      await stage().set(writing, 'view', 'after');
      expect(await seen()).toEqual(['before', 'after']);
      await Promise.all([moment, fresh].map((reading) => reading.query(stage().rollback)));
      expect(await seen()).toEqual(['after', 'after']);
    });
  });

  describe('mirrored records', () => {
    it('have the columns that the server does not compute', async () => {
      const shape = await readShape(await prepared(), modelOf());
      expect(shape.keyIsNumber).toBe(true);
      expect(shape.root.columns).toEqual(['id', 'label', 'data', 'amount', 'moment']);
      expect([...shape.root.binary]).toEqual(['data']);
      expect(shape.children.map(({ columns }) => columns)).toEqual([['part_id', 'line', 'note']]);
      const missing = readShape(await prepared(), { ...modelOf(), table: 'nowhere' });
      await expect(missing).rejects.toMatchObject({ kind: 'schema' });
    });

    it('are written, replaced and deleted as a whole, without losing anything of a value', async () => {
      const connection = await prepared();
      const shape = await readShape(connection, modelOf());
      const bytes = Buffer.from([0, 255, 39, 92, 10]);
      const first = [
        record('1', row(1, "a 'quoted' \\ text\n☃"), ['1', 1, 'one'], ['1', 2, null]),
        record('2', row(2, null, bytes), ['2', 7, 'seven']),
      ];
      await writeRecords(connection, shape, first);
      const keys = ['2', '3', '1'];
      const found = await readRecords(connection, shape, keys);
      expect(found.map(exactText)).toEqual([first[1], record('3', null), first[0]].map(exactText));
      const second = [record('1', row(1, 'new'), ['1', 3, 'three']), record('2', null), record('0', row(0, 'none'))];
      await writeRecords(connection, shape, second);
      const now = await readRecords(connection, shape, ['1', '2', '0']);
      expect(now.map(exactText)).toEqual(second.map(exactText));
      expect(await countRecords(connection, shape)).toBe(2);
      expect(await largestValue(connection, 'parts', 'id')).toBe(1);
      expect(await largestValue(connection, 'nowhere', 'id')).toBeNull();
    });

    it('have a digest that tells them apart, and is the same for the same', async () => {
      const connection = await prepared();
      const shape = await readShape(connection, modelOf());
      const digestWith = async (...records: RecordState[]) => {
        await replaceRange(connection, shape, all, [[], []]);
        await writeRecords(connection, shape, records);
        return digestOfRange(connection, shape, all);
      };
      const digests = [
        await digestWith(),
        await digestWith(record('1', row(1, null))),
        await digestWith(record('1', row(1, 'NULL'))),
        await digestWith(record('1', row(1, ''))),
        await digestWith(record('1', row(1, "','"))),
        await digestWith(record('1', row(1, 'a', Buffer.from('a')))),
        await digestWith(record('1', row(1, 'a', Buffer.from('A')))),
        await digestWith(record('1', row(1, 'a'), ['1', 1, 'x'])),
        await digestWith(record('1', row(1, 'a')), record('2', row(2, 'a'))),
        await digestWith(record('2', row(2, 'a'))),
      ];
      expect(new Set(digests).size).toBe(digests.length);
      expect(await digestWith(record('2', row(2, 'a')), record('1', row(1, 'a')))).toBe(digests.at(-2));
      const perRecord = await digestPerRecord(connection, shape, all);
      expect([...perRecord.keys()].sort()).toEqual(['1', '2']);
      expect(await digestOfRange(connection, shape, { after: '1', upTo: null })).toBe(digests.at(-1));
    });

    it('are cut into ranges, and copied range by range', async () => {
      const connection = await prepared();
      const shape = await readShape(connection, modelOf());
      const states = Array.from({ length: 5 }, (_, index) =>
        record(String(index + 8), row(index + 8, `r${index}`), [String(index + 8), 1, 'line']),
      );
      await replaceRange(connection, shape, all, [[], []]);
      await writeRecords(connection, shape, states);
      const upTo = await endOfRange(connection, shape, null, 3);
      expect([upTo, await endOfRange(connection, shape, upTo, 3)]).toEqual(['10', null]);
      const range = { after: null, upTo };
      const [before, rows] = [await digestOfRange(connection, shape, all), await readRange(connection, shape, range)];
      expect(rows.map(({ length }) => length)).toEqual([3, 3]);
      await replaceRange(connection, shape, range, [[], []]);
      expect(await countRecords(connection, shape)).toBe(2);
      await replaceRange(connection, shape, range, rows);
      expect(await digestOfRange(connection, shape, all)).toBe(before);
      await insertRows(
        connection,
        'parts',
        ['id', 'label'],
        [
          [100n, 'x'],
          [101n, null],
        ],
      );
      expect(await countRecords(connection, shape)).toBe(7);
    });
  });

  describe('checkpoints', () => {
    it('lock what is applied until the transaction ends, and remember from which history it was', async () => {
      await within('EACH_STATEMENT', async (connection) => {
        await lockCheckpoints(connection, 'Part', 1, [
          { recordKey: 'b', outboxId: 7n },
          { recordKey: 'a', outboxId: 8n },
        ]);
        await enterEpoch(connection, 1);
        await enterEpoch(connection, 1);
      });
      const [one, other] = [await prepared(), await prepared()];
      await side.begin(one, 'EACH_STATEMENT');
      await lockCheckpoints(one, 'Part', 1, [{ recordKey: 'a', outboxId: 9n }]);
      await side.begin(other, 'EACH_STATEMENT');
      let applied = false;
      const waiting = lockCheckpoints(other, 'Part', 1, [{ recordKey: 'a', outboxId: 9n }]).then(() => {
        applied = true;
      });
      // Somebody else's record is not waited for.
      await within('EACH_STATEMENT', (third) => lockCheckpoints(third, 'Part', 1, [{ recordKey: 'c', outboxId: 1n }]));
      expect(applied).toBe(false);
      await one.query(stage().commit);
      await waiting;
      await other.query(stage().commit);
      expect(await latestEpoch(other)).toBe(1);
      expect(await lastAppliedAt(other)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    it('tell what has to be applied again when a history begins, and refuse an older one', async () => {
      const connection = await prepared();
      await side.begin(connection, 'EACH_STATEMENT');
      await enterEpoch(connection, 2);
      await lockCheckpoints(connection, 'Part', 2, [{ recordKey: 'b', outboxId: 1n }]);
      await connection.query(stage().commit);
      const again = await applicationsToRecheck(connection, 2, 10);
      expect(again).toEqual(['a', 'c'].map((recordKey) => ({ model: 'Part', recordKey })));
      expect(await applicationsToRecheck(connection, 2, 1)).toHaveLength(1);
      await expect(enterEpoch(connection, 1)).rejects.toMatchObject({ kind: 'server' });
      expect(await purgeCheckpoints(connection, 1, 10)).toBe(0);
      // The limit counts, whatever the age.
      expect([await purgeCheckpoints(connection, -1, 2), await purgeCheckpoints(connection, -1, 2)]).toEqual([2, 1]);
      expect(await applicationsToRecheck(connection, 2, 10)).toEqual([]);
    });
  });

  it('tells its history within a transaction, and begins another one', async () => {
    const connection = await prepared();
    await side.begin(connection, 'EACH_STATEMENT');
    const epoch = await sourceEpoch(connection);
    expect(epoch).toBeGreaterThanOrEqual(1);
    expect(await beginRestoredEpoch(connection, epoch + 4)).toBe(epoch + 5);
    expect(await sourceEpoch(connection)).toBe(epoch + 5);
    await connection.query(stage().rollback);
    expect(await sourceEpoch(connection)).toBe(epoch);
  });

  it('names the records that were given up', async () => {
    const connection = await connect('source');
    expect(await parkedRecords(connection, 10)).toEqual([]);
    await outbox.append(connection, [{ model: 'Part', recordKey: 'parked' }]);
    const [claimed] = await outbox.claim(connection, { limit: 1, leaseMs: 600_000, worker: 'one' });
    await outbox.park(connection, claimed?.id ?? 0n, { workers: ['one'], reason: 'why' });
    expect(await parkedRecords(connection, 10)).toEqual([{ model: 'Part', recordKey: 'parked', reason: 'why' }]);
  });
}
