/** What every kind of server has to do for changes that are to be copied. */
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/servers/connection.ts';
import type { Flavour } from '../../../src/servers/flavour.ts';
import type { Name, Stage } from './stage.ts';

type Given = {
  readonly stage: () => Stage;
  readonly connect: (name: Name) => Promise<Connection>;
};

const nothing = async () => 'nothing';

export function writesConform({ outbox, keys, proofs, tables, locks }: Flavour, { stage, connect }: Given): void {
  const model = 'Note';
  const recordsOf = (...names: string[]) => names.map((recordKey) => ({ model, recordKey }));
  const claim = async (worker: string, limit = 10) =>
    outbox.claim(await connect('source'), { limit, leaseMs: 600_000, worker });
  const named = (rows: readonly { readonly recordKey: string; readonly attempts: number }[]) =>
    rows.map(({ recordKey, attempts }) => `${recordKey} ${attempts}`);

  describe('the outbox', () => {
    it('holds a record once its transaction is committed', async () => {
      const [writing, asking] = [await connect('source'), await connect('source')];
      const before = await outbox.depth(asking);
      await writing.query(stage().begin);
      await outbox.append(writing, recordsOf('never'));
      await writing.query(stage().rollback);
      await writing.query(stage().begin);
      await outbox.append(writing, recordsOf('a', 'b', 'a'));
      expect(await outbox.depth(asking)).toMatchObject({ waiting: before.waiting });
      expect(await claim('one')).toEqual([]);
      await writing.query(stage().commit);
      const after = await outbox.depth(asking);
      expect([after.waiting - before.waiting, after.parked]).toEqual([3, before.parked]);
      expect(after.oldestAgeMs).toBeGreaterThanOrEqual(0);
    });

    it('leases the oldest records with all of their rows, to one worker', async () => {
      const first = await claim('one', 1);
      expect(named(first)).toEqual(['a 1', 'a 1']);
      expect((first[0]?.id ?? 0n) < (first[1]?.id ?? 0n)).toBe(true);
      await outbox.append(await connect('source'), recordsOf('a'));
      expect(named(await claim('two'))).toEqual(['b 1']);
      expect(await claim('three')).toEqual([]);
      await outbox.remove(
        await connect('source'),
        first.map(({ id }) => id),
      );
      const rest = await claim('one');
      expect(named(rest)).toEqual(['a 1']);
    });

    it('releases a row only for the worker that has claimed it', async () => {
      const source = await connect('source');
      await outbox.append(source, recordsOf('c'));
      const [row] = await claim('one');
      const id = row?.id ?? 0n;
      const reason = 'x'.repeat(10_000);
      await outbox.postpone(source, id, { workers: ['two'], reason, delayMs: 0 });
      expect(await claim('two')).toEqual([]);
      await outbox.postpone(source, id, { workers: ['two', 'one'], reason, delayMs: 0 });
      expect(named(await claim('two'))).toEqual(['c 2']);
      await outbox.park(source, id, { workers: ['one'], reason });
      expect((await outbox.depth(source)).parked).toBe(0);
      await outbox.park(source, id, { workers: ['two'], reason });
      expect((await outbox.depth(source)).parked).toBe(1);
      expect(await claim('three')).toEqual([]);
      expect(await outbox.unpark(source)).toBe(1);
      expect(named(await claim('three'))).toEqual(['c 1']);
    });

    it('names all records of a table, which wait until they are due', async () => {
      const source = await connect('source');
      for (const name of ['all-1', 'all-2']) await stage().set(source, name, name);
      const { name: table, column: key } = stage().table;
      const before = await outbox.depth(source);
      await outbox.appendAll(source, { model, table, key }, 600_000);
      expect((await outbox.depth(source)).waiting).toBeGreaterThanOrEqual(before.waiting + 2);
      expect(await claim('one', 1000)).toEqual([]);
      await outbox.makeDue(source);
      expect(named(await claim('one', 1000))).toEqual(expect.arrayContaining(['all-1 1', 'all-2 1']));
    });
  });

  describe('what a statement writes', () => {
    it('is told by the keys of its rows, which are locked', async () => {
      const source = await connect('source');
      await stage().set(source, 'keyed', 'k-1');
      const { name: table, column } = stage().table;
      const lock = (condition: string) => keys.lock(source, { table, column, condition, values: [] });
      await source.query(stage().begin);
      expect(await lock(stage().conditionOf('keyed'))).toEqual(['k-1']);
      expect(await lock(stage().conditionOf('nowhere'))).toEqual([]);
      await source.query(stage().rollback);
    });

    it('is told by the numbers that its rows were given', async () => {
      const source = await connect('source');
      const answer = await stage().set(source, 'unnumbered', '1');
      expect(await keys.numbered(source, answer, 1)).toEqual([]);
      const { addNumbered } = stage();
      if (addNumbered === null) return;
      const numbers = await keys.numbered(source, await addNumbered(source, 3), 3);
      const one = await addNumbered(source, 1);
      const [next] = await keys.numbered(source, one, 1);
      expect(String((one as { readonly insertId: unknown }).insertId)).toBe(String(next));
      expect(new Set(numbers).size).toBe(3);
      expect(numbers.every((number) => number < (next ?? 0n))).toBe(true);
    });
  });

  it('adds the rows that are missing, and leaves the others as they are', async () => {
    const source = await connect('source');
    await stage().set(source, 'there', 'before');
    const rows = ['there', 'missing'].map((name) => [name, 'added']);
    await tables.insertMissing(source, stage().table.name, ['name', 'value'], rows);
    expect([await stage().get(source, 'there'), await stage().get(source, 'missing')]).toEqual(['before', 'added']);
    const deleted = { table: stage().table.name, condition: stage().conditionOf('missing'), values: [] };
    expect(await tables.deleteOldest(source, { ...deleted, oldestBy: stage().table.column, limit: 0 })).toBe(0);
    expect(await tables.deleteOldest(source, { ...deleted, oldestBy: stage().table.column, limit: 9 })).toBe(1);
    expect(await stage().get(source, 'missing')).toBeNull();
  });

  it('lets one session alone do what is named, and the next one when it is done', async () => {
    const [one, other] = [await connect('source'), await connect('source')];
    const nested = () => locks.alone(other, 'alone', async () => 'inner');
    const outer = locks.alone(one, 'alone', async () => [await nested(), await locks.alone(other, 'b', nothing)]);
    expect(await outer).toEqual([null, 'nothing']);
    expect(await nested()).toBe('inner');
    await expect(locks.alone(one, 'alone', async () => Promise.reject(new Error('why')))).rejects.toThrow('why');
    expect(await nested()).toBe('inner');
  });

  it('empties tables, and numbers their rows from one again', async () => {
    const source = await connect('source');
    await stage().set(source, 'emptied', 'no');
    await tables.empty(source, [stage().table.name, ...(stage().addNumbered === null ? [] : ['numbered'])]);
    expect(await stage().get(source, 'emptied')).toBeNull();
    const { addNumbered } = stage();
    if (addNumbered !== null) expect(await keys.numbered(source, await addNumbered(source, 2), 2)).toEqual([1n, 2n]);
    await stage().set(source, 'filled', 'yes');
    await tables.loaded(source, [stage().table.name]);
    expect(await stage().get(source, 'filled')).toBe('yes');
  });

  it('keeps the marks of transactions that may still be asked for', async () => {
    const source = await connect('source');
    expect(await proofs.purge(source, 1000)).toBe(0);
  });
}
