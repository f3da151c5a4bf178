/** What a kind of server has to do for its schema to be migrated, and for rows to be deleted in turn. Its statements have to be SQL. */
import { describe, expect, it } from 'vitest';
import {
  readMigrationRows,
  recordFailure,
  recordFinish,
  recordRollback,
  recordStart,
  recordSteps,
} from '../../../src/database/migrations/migration-table.ts';
import { MigrationRecord } from '../../../src/database/nodes/migration-record.ts';
import type { Connection } from '../../../src/servers/connection.ts';
import type { Flavour } from '../../../src/servers/flavour.ts';
import { type MigrationQuestions, UnreadableScriptError } from '../../../src/servers/migration-questions.ts';
import type { Name, Stage } from './stage.ts';

type Given = {
  readonly stage: () => Stage;
  readonly connect: (name: Name) => Promise<Connection>;
};

export function schemaConforms({ tables }: Flavour, migrations: MigrationQuestions, { stage, connect }: Given): void {
  describe('the record of migrations', () => {
    it('tells what was applied, failed and undone', async () => {
      const connection = await connect('source');
      await migrations.createRecord(connection);
      await migrations.createRecord(connection);
      const before = (await readMigrationRows(connection)).length;
      const [applied, failed, undone] = [
        await recordStart(connection, '9_applied', 'sum'),
        await recordStart(connection, '9_failed', 'sum'),
        await recordStart(connection, '9_undone', 'sum'),
      ];
      await recordSteps(connection, applied, 1);
      await recordFinish(connection, applied, 2);
      await recordSteps(connection, failed, 1);
      await recordFailure(connection, failed, "it's why");
      await recordRollback(connection, undone);
      const rows = await readMigrationRows(connection);
      expect(rows.slice(before).sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
        { id: applied, name: '9_applied', checksum: 'sum', state: 'applied', appliedSteps: 2, logs: null },
        { id: failed, name: '9_failed', checksum: 'sum', state: 'failed', appliedSteps: 1, logs: "it's why" },
        { id: undone, name: '9_undone', checksum: 'sum', state: 'rolled-back', appliedSteps: 0, logs: null },
      ]);
      const record = new MigrationRecord(['9_applied', '9_failed'], { isSettled: true });
      await record.read(connection, 0);
      expect(record.at(0)?.missing).toEqual(['9_failed']);
    });
  });

  describe('a migration', () => {
    it('is cut into steps, not inside of texts and comments', () => {
      const steps = migrations.steps("CREATE TABLE a (id INT); -- it's; so\nINSERT INTO b VALUES ('x;''y');\n");
      expect(steps.join(';')).toContain("('x;''y')");
      expect(migrations.steps('')).toEqual([]);
      expect(() => migrations.steps("INSERT INTO b VALUES ('x")).toThrow(UnreadableScriptError);
    });

    it('is run by one process at a time, until its connection ends', async () => {
      const [one, other] = [await connect('source'), await connect('source')];
      expect(await migrations.lock(one, 1000)).toBe(true);
      expect(await migrations.lock(other, 1000)).toBe(false);
      await one.end();
      expect(await migrations.lock(other, 60_000)).toBe(true);
      await other.end();
    });
  });

  it('deletes the oldest rows first, and no more than it is told to', async () => {
    const connection = await connect('source');
    const { name: table, column } = stage().table;
    for (const value of ['9-c', '9-a', '9-b']) await stage().set(connection, value, value);
    const condition = `${column} >= ? AND ${column} < ?`;
    const rows = { table, condition, values: ['9-a', '9-d'], oldestBy: column };
    expect(await tables.deleteOldest(connection, { ...rows, limit: 2 })).toBe(2);
    expect(await Promise.all(['9-a', '9-b', '9-c'].map((name) => stage().get(connection, name)))).toEqual([
      null,
      null,
      '9-c',
    ]);
    expect(await tables.deleteOldest(connection, { ...rows, limit: 2 })).toBe(1);
  });
}
